"""Constructs of the agent frameworks beyond the widespread ones."""

from __future__ import annotations

from tracegloss.index.construct_rows import BaseClass, Construct, Where
from tracegloss.model.site import SiteKind

_LLAMA = ("llama_index", "workflows")
_SMOL = ("smolagents",)
_NAME_KEYWORD = (99, "name")
_TOOLS_KEYWORD = (99, "tools")


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
)

AGENT_DECORATORS: tuple[Construct, ...] = (
    _llama("step", "module", qualified=True),
    Construct("smolagents", _SMOL, "tool", "tool"),
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
    BaseClass("smolagents", _SMOL, "Tool", ("forward",), "tool", "*.__call__"),
)
