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
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_semantic_kernel(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
