"""LangChain and LangGraph.

Spans carry the runnable's own name: of a node the name it was added under (and the same in
`metadata.langgraph_node`), of a router or a wrapped function the function's, of a graph the name it
was compiled with (`LangGraph` without), of a model or a retriever its class's. Source: MLflow's
`langchain_tracer` and LangGraph's `metadata`, versions in `docs/frameworks.md`.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import (
    MODEL_TYPES,
    calls,
    library,
    named,
    registered,
    tool_called,
)
from tracegloss.matcher import matcher
from tracegloss.model.resolution import Evidence, EvidenceKind
from tracegloss.model.site import DynamicName, Site
from tracegloss.recorded import phrase

_PREBUILT = frozenset({"model", "tools", "agent", "model_request", "tool_node", "__start__"})
_COMPONENT = matcher(
    r"Runnable[A-Z]\w*(?:<.*>)?|\w*(?:PromptTemplate|OutputParser|Parser|Messages?Placeholder)"
    r"|ChannelWrite\w*|_write|__start__|Prompt|OutputFixing\w*",
    re.DOTALL,
)
_OF_HISTORIES = frozenset({"load_history", "insert_history", "check_sync_or_async"})
_SEQUENCES = (
    *("RunnableSequence", "RunnableParallel", "RunnableBinding", "RunnableMap", "RunnableBranch"),
    *("RunnableAssign", "RunnableWithFallbacks", "RunnableWithMessageHistory"),
)


def langchain(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    """Find the callable of a node or router, the graph, the tool, or the call of a model."""
    if features.function_name is not None:
        return None
    if features.library != "langchain":
        return _component(features, sites, names)
    if features.type == "TOOL":
        return tool_called(features.name, features, names)
    if features.type in MODEL_TYPES:
        return calls("langchain", features, sites, names)
    if features.type == "RETRIEVER":
        own = named("module", features.name, names, phrase("the retriever of this class"))
        return own or calls("langchain", features, sites, names)
    return _in_graph(features, sites, names)


def _in_graph(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    node, name = features.mark("node"), features.name
    if node is None:
        graph = named("agent", name, names, phrase("the graph of this name"))
        return graph or _component(features, sites, names) or _outside()
    if name == node and features.mark("within") is not None:
        edge = named("edge", name, names, phrase("the function of this name"))
        return edge or _sub_graph(name, sites, names)
    if name == node:
        is_prebuilt = features.mark("integration") == "langchain_create_agent"
        if is_prebuilt and name in _PREBUILT:
            return library(phrase("a node of a prebuilt agent"))
        return named("node", name, names, phrase("the node of this name")) or _outside()
    return (
        named("edge", name, names, phrase("the router of this name"))
        or named("agent", name, names, phrase("the graph of this name"))
        or named("node", name, names, phrase("the task of this name"))
        or _component(features, sites, names)
        or _outside()
    )


def _sub_graph(name: str, sites: tuple[Site, ...], names: SiteNames) -> Proposal:
    """Find the graph that a node of its name runs; one of a variable name may be meant."""
    graph = named("agent", name, names, phrase("the graph of this name"))
    if graph is not None:
        return graph
    untold = [
        number
        for number in names.of_kind.get("agent", ())
        if sites[number].framework == "langchain"
        and any(isinstance(own, DynamicName) for own in sites[number].names)
    ]
    if not untold:
        return _outside()
    detail = phrase("a graph whose name is variable")
    # No more than a name that may be this one: graphs of libraries run within nodes too.
    guess = Evidence(EvidenceKind.NAME_PATTERN, True, detail)
    return replace(registered(detail, untold), evidence=guess)


def _component(
    features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
) -> Proposal | None:
    """Recognize pieces of a chain, whose spans carry no attribute of LangChain's."""
    if features.type != "CHAIN" or features.name in names.by_literal:
        return None
    if features.name.startswith(_SEQUENCES):
        return calls("langchain", features, sites, names, only_outermost=True)
    if _COMPONENT.fullmatch(features.name):
        return library(phrase("a component of LangChain"))
    found = names.framework.get(("sdk-call", features.name), ())
    if any(sites[number].framework == "langchain" for number in found):
        return calls("langchain", features, sites, names, only_outermost=True)
    own = named("edge", features.name, names, phrase("the function of this name"))
    own = own or named("module", features.name, names, phrase("the runnable of this class"))
    if own is None and features.name in _OF_HISTORIES:
        return library(phrase("a step of LangChain's RunnableWithMessageHistory"))
    return own


def _outside() -> Proposal:
    return library(phrase("a construct of LangChain that is not defined in this workspace"))
