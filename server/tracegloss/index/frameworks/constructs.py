"""The table of framework constructs: which calls, decorators and base classes make which spans.

A row is told by the packages it may come from and the end of its dotted path, in which `()` stands
for an object of what it follows: `StateGraph().add_node`. A callee whose object the source does not
tell is taken by its last name, in files that import one of the packages.
"""

from __future__ import annotations

from tracegloss.index.frameworks.agent_constructs import AGENT_BASES, AGENT_CALLS, AGENT_DECORATORS
from tracegloss.index.frameworks.construct_rows import BaseClass, Construct, package_of
from tracegloss.index.frameworks.pydantic_constructs import PYDANTIC_CALLS, PYDANTIC_DECORATORS
from tracegloss.index.frameworks.telemetry_constructs import TELEMETRY_CALLS, TELEMETRY_DECORATORS
from tracegloss.index.frameworks.vendor_constructs import VENDORS
from tracegloss.model.site import SiteKind

__all__ = ["BaseClass", "Construct", "package_of"]

_BOTH = ("langchain", "langgraph", "databricks_langchain")
_OPENAI = ("openai", "databricks_openai")
_AGENTS = ("agents",)
_ANTHROPIC = ("anthropic",)
_LITELLM = ("litellm",)
_NAME_KEYWORD = (99, "name")


def _langchain(tail: str, kind: SiteKind, **how: object) -> Construct:
    return Construct("langchain", _BOTH, tail, kind, **how)  # type: ignore[arg-type]


def _client(
    framework: str, packages: tuple[str, ...], spans: tuple[str, ...], *tails: str
) -> tuple[Construct, ...]:
    return tuple(Construct(framework, packages, tail, "sdk-call", spans=spans) for tail in tails)


_CHAT = ("Completions", "AsyncCompletions", "ChatCompletions", "AsyncChatCompletions")
_RESPONSES = ("Responses", "AsyncResponses")

CLIENTS: tuple[Construct, ...] = (
    *VENDORS,
    *_client(
        "openai",
        _OPENAI,
        _CHAT,
        "chat.completions.create",
        "chat.completions.parse",
        "chat.completions.stream",
        "completions.create",
        "completions.parse",
    ),
    *_client(
        "openai",
        _OPENAI,
        _RESPONSES,
        "responses.create",
        "responses.parse",
        "responses.stream",
    ),
    *_client("openai", _OPENAI, ("Embeddings", "AsyncEmbeddings"), "embeddings.create"),
    *_client("openai", _OPENAI, ("Images", "AsyncImages"), "images.generate", "images.edit"),
    *_client(
        "anthropic",
        _ANTHROPIC,
        ("Messages.create", "AsyncMessages.create"),
        "messages.create",
        "messages.parse",
        "messages.stream",
    ),
    *_client("litellm", _LITELLM, ("litellm-completion",), "litellm.completion"),
    *_client("litellm", _LITELLM, ("litellm-acompletion",), "litellm.acompletion"),
    *_client("litellm", _LITELLM, ("litellm-embedding",), "litellm.embedding"),
    *_client("litellm", _LITELLM, ("litellm-aembedding",), "litellm.aembedding"),
    *_client("litellm", _LITELLM, ("litellm-responses",), "litellm.responses"),
    *_client("litellm", _LITELLM, ("litellm-aresponses",), "litellm.aresponses"),
)
"""Calls of model clients, by the end of what is written: the client may come from anywhere."""

_RUN, _STREAMED = ("AgentRunner.run",), ("AgentRunner.run_streamed",)


def _agents(tail: str, kind: SiteKind, **how: object) -> Construct:
    return Construct("openai-agents", _AGENTS, tail, kind, **how)  # type: ignore[arg-type]


AGENTS: tuple[Construct, ...] = (
    _agents("Agent", "agent", named=(0, "name"), held=(99, "tools")),
    _agents("Runner.run", "sdk-call", spans=_RUN, runs=(0, "starting_agent")),
    _agents("Runner.run_sync", "sdk-call", spans=_RUN, runs=(0, "starting_agent")),
    _agents("Runner.run_streamed", "sdk-call", spans=_STREAMED, runs=(0, "starting_agent")),
    _agents("function_tool", "tool", named=(99, "name_override"), runs=(0, "func")),
    _agents("FunctionTool", "tool", named=(0, "name"), runs=(3, "on_invoke_tool")),
    _agents("as_tool", "tool", named=(0, "tool_name")),
    _agents("InputGuardrail", "edge", named=_NAME_KEYWORD, runs=(0, "guardrail_function")),
    _agents("OutputGuardrail", "edge", named=_NAME_KEYWORD, runs=(0, "guardrail_function")),
    _agents("trace", "context", named=(0, "workflow_name")),
    _agents("custom_span", "context", named=(0, "name")),
)

_DSPY = ("dspy",)

CALLED_OBJECTS = {"dspy": {"LM": "LM.__call__"}}
"""Packages whose objects make spans when they are called, by default `Class.forward`."""

CALLS: tuple[Construct, ...] = (
    *CLIENTS,
    *AGENTS,
    *PYDANTIC_CALLS,
    *TELEMETRY_CALLS,
    *AGENT_CALLS,
    Construct("dspy", _DSPY, "ReAct", "tool", held=(1, "tools")),
    Construct("dspy", _DSPY, "CodeAct", "tool", held=(1, "tools")),
    Construct("dspy", _DSPY, "Tool", "tool", named=(1, "name"), runs=(0, "func")),
    _langchain("add_node", "node", named=(0, "node"), runs=(1, "action")),
    _langchain("add_sequence", "node", held=(0, "nodes")),
    _langchain("add_conditional_edges", "edge", runs=(1, "path"), default="RunnableCallable"),
    _langchain("set_conditional_entry_point", "edge", runs=(0, "path"), default="RunnableCallable"),
    _langchain("RunnableLambda", "edge", named=_NAME_KEYWORD, runs=(0, "func")),
    _langchain("compile", "agent", named=_NAME_KEYWORD, default="LangGraph"),
    _langchain(
        "create_agent", "agent", named=_NAME_KEYWORD, held=(1, "tools"), default="LangGraph"
    ),
    _langchain(
        "create_react_agent", "agent", named=_NAME_KEYWORD, held=(1, "tools"), default="LangGraph"
    ),
    _langchain("create_supervisor", "agent", named=(99, "supervisor_name"), default="supervisor"),
    _langchain("AgentExecutor", "agent", held=(99, "tools"), default="AgentExecutor"),
    _langchain("StructuredTool.from_function", "tool", named=(2, "name"), runs=(0, "func")),
    _langchain("StructuredTool.from_function", "tool", named=(2, "name"), runs=(1, "coroutine")),
    _langchain("tool", "tool", runs=(0, "name_or_callable")),
    _langchain("Tool.from_function", "tool", named=(1, "name"), runs=(0, "func")),
    _langchain("Tool", "tool", named=(0, "name"), runs=(1, "func")),
    _langchain("StructuredTool", "tool", named=_NAME_KEYWORD, runs=(99, "func")),
    _langchain("ToolNode", "tool", held=(0, "tools")),
    _langchain("bind_tools", "tool", held=(0, "tools")),
    *(
        _langchain(name, "sdk-call")
        for name in (
            *("invoke", "ainvoke", "stream", "astream", "batch", "abatch"),
            *("astream_events", "generate", "agenerate", "predict", "apredict"),
            *("get_relevant_documents", "aget_relevant_documents", "embed_query"),
        )
    ),
)
"""Constructs that are calls."""

DECORATORS: tuple[Construct, ...] = (
    *TELEMETRY_DECORATORS,
    *PYDANTIC_DECORATORS,
    *AGENT_DECORATORS,
    _langchain("tool", "tool", named=(0, "name_or_callable")),
    _langchain("task", "node", named=_NAME_KEYWORD),
    _langchain("entrypoint", "node"),
    _langchain("entrypoint", "agent", default="LangGraph"),
    _langchain("chain", "edge"),
    _agents("function_tool", "tool", named=(99, "name_override")),
    _agents("input_guardrail", "edge", named=_NAME_KEYWORD),
    _agents("output_guardrail", "edge", named=_NAME_KEYWORD),
)
"""Constructs that are decorators; the function under them is what runs."""


BASES: tuple[BaseClass, ...] = (
    *AGENT_BASES,
    BaseClass("langchain", _BOTH, "BaseTool", ("_run", "_arun"), "tool"),
    BaseClass(
        "langchain",
        _BOTH,
        "BaseRetriever",
        ("_get_relevant_documents", "_aget_relevant_documents"),
        "module",
        "*",
    ),
    BaseClass("dspy", _DSPY, "Module", ("forward", "aforward"), "module", "*.forward"),
    BaseClass("dspy", _DSPY, "Retrieve", ("forward", "aforward"), "module", "*.forward"),
    BaseClass("langchain", _BOTH, "Runnable", ("invoke", "ainvoke"), "module", "*"),
    BaseClass("langchain", _BOTH, "RunnableSerializable", ("invoke", "ainvoke"), "module", "*"),
)
"""Classes of frameworks that are meant to be inherited from."""

WRAPPING = frozenset({"RunnableLambda", "RunnableGenerator", "StructuredTool", "Tool"})
"""Objects of frameworks that run the callable they are given first."""


def _by_last(rows: tuple[Construct, ...]) -> dict[str, tuple[Construct, ...]]:
    found: dict[str, tuple[Construct, ...]] = {}
    for row in rows:
        found[row.last] = (*found.get(row.last, ()), row)
    return found


def _bases_by_name(rows: tuple[BaseClass, ...]) -> dict[str, tuple[BaseClass, ...]]:
    found: dict[str, tuple[BaseClass, ...]] = {}
    for row in rows:
        found[row.base] = (*found.get(row.base, ()), row)
    return found


CALLS_BY_NAME = _by_last(CALLS)
DECORATORS_BY_NAME = _by_last(DECORATORS)
BASES_BY_NAME = _bases_by_name(BASES)
PACKAGES = frozenset(p for row in (*CALLS, *DECORATORS) for p in row.packages) | frozenset(
    p for row in BASES for p in row.packages
)
"""Packages, as `package_of` names them, whose import makes a file worth a look."""
