"""Constructs of the agent frameworks beyond the widespread ones."""

from __future__ import annotations

from tracegloss.index.frameworks.construct_rows import BaseClass, Construct, Where
from tracegloss.model.site import SiteKind

_LLAMA = ("llama_index", "workflows")
_SMOL = ("smolagents",)
_NAME_KEYWORD = (99, "name")
_TOOLS_KEYWORD = (99, "tools")
_STRANDS = ("strands",)
_HAYSTACK = ("haystack",)
_AUTOGEN = ("autogen_agentchat", "autogen_ext", "autogen_core", "autogen", "ag2")
_AGNO = ("agno",)
_CREW = ("crewai", "crewai_tools")
_KERNEL = ("semantic_kernel",)
_FUNCTION = (99, "function_name")
_PROMPTED = (
    *("prompt", "function_name", "plugin_name", "arguments", "template_format"),
    "prompt_template_config",
)


def _llama(tail: str, kind: SiteKind, **how: object) -> Construct:
    return Construct("llama_index", _LLAMA, tail, kind, **how)  # type: ignore[arg-type]


def _smol(tail: str, held: Where) -> Construct:
    name = f"{tail}.run"
    return Construct(
        "smolagents", _SMOL, tail, "agent", named=_NAME_KEYWORD, held=held, default=name
    )


AGENT_CALLS: tuple[Construct, ...] = (
    _llama("FunctionTool.from_defaults", "tool", named=(1, "name"), runs=(0, "fn")),
    _llama("FunctionTool.from_defaults", "tool", named=(1, "name"), runs=(5, "async_fn")),
    _llama("ReActAgent", "tool", held=_TOOLS_KEYWORD),
    _llama("FunctionAgent", "tool", held=_TOOLS_KEYWORD),
    _llama("CodeActAgent", "tool", held=_TOOLS_KEYWORD),
    _llama("AgentWorkflow.from_tools_or_functions", "tool", held=(0, "tools_or_functions")),
    *(
        _llama(name, "sdk-call", dotted=True)
        for name in (
            *("run", "query", "aquery", "retrieve", "aretrieve", "synthesize", "asynthesize"),
            *("complete", "acomplete", "chat", "achat", "stream_complete", "astream_complete"),
            *("stream_chat", "astream_chat", "predict", "apredict", "structured_predict"),
            *("get_text_embedding", "get_query_embedding", "get_text_embedding_batch"),
        )
    ),
    _smol("ToolCallingAgent", (0, "tools")),
    _smol("CodeAgent", (0, "tools")),
    Construct(
        "strands",
        _STRANDS,
        "Agent",
        "agent",
        named=_NAME_KEYWORD,
        held=_TOOLS_KEYWORD,
        default="Strands Agents",
    ),
    Construct("haystack", _HAYSTACK, "add_component", "node", named=(0, "name")),
    Construct("haystack", _HAYSTACK, "run", "sdk-call", dotted=True),
    Construct("haystack", _HAYSTACK, "run_async", "sdk-call", dotted=True),
    *(
        Construct("autogen", _AUTOGEN, tail, "agent", named=(0, "name"), held=_TOOLS_KEYWORD)
        for tail in (
            *("AssistantAgent", "UserProxyAgent", "SocietyOfMindAgent", "CodeExecutorAgent"),
            *("ConversableAgent", "MessageFilterAgent", "OpenAIAgent"),
        )
    ),
    Construct(
        "autogen",
        _AUTOGEN,
        "GroupChatManager",
        "agent",
        named=_NAME_KEYWORD,
        default="chat_manager",
    ),
    Construct("autogen", _AUTOGEN, "initiate_chat", "sdk-call", met=(0, "recipient")),
    Construct("autogen", _AUTOGEN, "register_function", "tool", runs=(0, "f")),
    Construct("autogen", _AUTOGEN, "FunctionTool", "tool", named=(2, "name"), runs=(0, "func")),
    Construct("agno", _AGNO, "Agent", "agent", named=_NAME_KEYWORD, held=_TOOLS_KEYWORD),
    Construct("agno", _AGNO, "Team", "agent", named=_NAME_KEYWORD, held=_TOOLS_KEYWORD),
    Construct(
        "crewai",
        _CREW,
        "Agent",
        "agent",
        named=(99, "role"),
        held=_TOOLS_KEYWORD,
        settings="config",
        recorded=("goal", "backstory"),
        filled=True,
        method_of="agent",
    ),
    Construct(
        "crewai",
        _CREW,
        "Task",
        "node",
        named=_NAME_KEYWORD,
        default="Task.execute_sync",
        settings="config",
        recorded=("description", "expected_output"),
        method_of="task",
    ),
    Construct(
        "crewai",
        _CREW,
        "Crew",
        "agent",
        named=_NAME_KEYWORD,
        default="Crew.kickoff",
        parts=(99, "tasks"),
        method_of="crew",
    ),
    Construct(
        "semantic_kernel",
        _KERNEL,
        "ChatCompletionAgent",
        "agent",
        named=_NAME_KEYWORD,
        held=(99, "plugins"),
    ),
    Construct("semantic_kernel", _KERNEL, "KernelFunctionFromPrompt", "agent", named=_FUNCTION),
    Construct("semantic_kernel", _KERNEL, "add_plugin", "tool", plugin=(1, "plugin_name")),
    *(
        Construct(
            "semantic_kernel",
            _KERNEL,
            name,
            "sdk-call",
            dotted=True,
            recorded=("function_name", "plugin_name"),
            takes=_PROMPTED if name == "invoke_prompt" else (),
        )
        for name in (
            *("invoke", "invoke_prompt", "get_text_content", "get_text_contents"),
            *("get_chat_message_content", "get_chat_message_contents"),
            *("get_streaming_chat_message_content", "get_streaming_chat_message_contents"),
        )
    ),
)

AGENT_DECORATORS: tuple[Construct, ...] = (
    _llama("step", "module", qualified=True),
    Construct("smolagents", _SMOL, "tool", "tool"),
    Construct("strands", _STRANDS, "tool", "tool", named=_NAME_KEYWORD),
    Construct("haystack", _HAYSTACK, "component", "module", methods=("run", "run_async")),
    Construct("agno", _AGNO, "tool", "tool", named=_NAME_KEYWORD),
    Construct("crewai", _CREW, "tool", "tool", named=(0, "name")),
    Construct("crewai", _CREW, "task", "node"),
    Construct("autogen", _AUTOGEN, "register_for_execution", "tool", named=(0, "name")),
    Construct("semantic_kernel", _KERNEL, "kernel_function", "tool", named=(1, "name")),
)


def _llama_class(base: str, methods: tuple[str, ...], pattern: str) -> BaseClass:
    return BaseClass("llama_index", _LLAMA, base, methods, "module", pattern)


AGENT_BASES: tuple[BaseClass, ...] = (
    _llama_class("Workflow", (), "*.run"),
    _llama_class("CustomQueryEngine", ("custom_query",), "*.custom_query|*.query"),
    _llama_class("CustomQueryEngine", ("acustom_query",), "*.acustom_query|*.aquery"),
    _llama_class("BaseQueryEngine", ("_query",), "*._query|*.query"),
    _llama_class("BaseQueryEngine", ("_aquery",), "*._aquery|*.aquery"),
    _llama_class("BaseRetriever", ("_retrieve",), "*._retrieve|*.retrieve"),
    _llama_class("BaseRetriever", ("_aretrieve",), "*._aretrieve|*.aretrieve"),
    BaseClass("crewai", _CREW, "BaseTool", ("_run",), "tool"),
    BaseClass("crewai", _CREW, "Flow", (), "module", "*.kickoff"),
    BaseClass("smolagents", _SMOL, "Tool", ("forward",), "tool", "*.__call__"),
)
