"""Spans of Semantic Kernel, one case a construct."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

CASES = {
    "the kernel's calls and a plugin's functions": (
        """
        import mlflow
        from semantic_kernel import Kernel
        from semantic_kernel.functions import kernel_function

        class Lights:
            @kernel_function
            def count(self): ...

            @kernel_function(name="switch_on", description="On.")
            def switch(self, room): ...

        async def ask(question):
            kernel = Kernel()
            return await kernel.invoke_prompt(question)
        """,
        """
        Kernel.invoke_prompt UNKNOWN (prompt)                    -> ask:14 strong
          "execute_tool lights-count" TOOL () gen_ai.operation.name=x gen_ai.tool.name=lights-count -> Lights.count strong
          "execute_tool lights-switch_on" TOOL (room) gen_ai.operation.name=x gen_ai.tool.name=lights-switch_on -> Lights.switch strong
        """,  # noqa: E501
    ),
    "twins in two plugins, prompts, agents, a loop, a service asked directly": (
        """
        import mlflow
        from semantic_kernel import Kernel
        from semantic_kernel.agents import ChatCompletionAgent
        from semantic_kernel.functions import KernelFunctionFromPrompt, kernel_function

        class Letters:
            @kernel_function(name="sort")
            def by_name(self, text): ...

        class Parcels:
            @kernel_function
            def sort(self, weight): ...

        summary = KernelFunctionFromPrompt(function_name="summary", prompt="Sum up.")
        kernel = Kernel()
        kernel.add_plugin(Letters(), plugin_name="letters")
        kernel.add_plugin(Parcels(), "parcels")
        clerk = ChatCompletionAgent(name="clerk", kernel=kernel)

        def letters():
            return kernel.invoke(plugin_name="letters", function_name="sort", text="a")

        def parcels():
            return kernel.invoke(plugin_name="parcels", function_name="sort", weight=1)

        def spoken(service, history):
            return service.get_chat_message_content(history)
        """,
        """
        Kernel.invoke AGENT (plugin_name=x)                      -> ? letters:21, parcels:24
        "execute_tool letters-sort" TOOL () gen_ai.operation.name=x gen_ai.tool.name=letters-sort -> Letters.by_name strong
        "execute_tool parcels-sort" TOOL () gen_ai.operation.name=x gen_ai.tool.name=parcels-sort -> Parcels.sort strong
        "execute_tool t-summary" TOOL () gen_ai.operation.name=x gen_ai.tool.name=t-summary -> module:14 strong
          "chat x" CHAT_MODEL () gen_ai.operation.name=chat -> module:14 strong
        "invoke_agent clerk" AGENT () gen_ai.operation.name=invoke_agent gen_ai.agent.name=clerk -> module:18 strong
          AutoFunctionInvocationLoop UNKNOWN gen_ai.operation.name=x -> library
            "chat x" CHAT_MODEL () gen_ai.operation.name=chat -> module:18 strong
        "chat x" CHAT_MODEL () gen_ai.operation.name=chat        -> spoken:27 strong
        """,  # noqa: E501
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_semantic_kernel(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
