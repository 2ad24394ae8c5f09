"""PydanticAI, of versions 1 and 2.

A run is `Agent.run` and its kin, below a synchronous one the same run once more; a model's request
`{class}.request`. A tool's span has the tool's name and, when its arguments were refused,
`{tool}.validation`; version 1 calls all of them after a method of `ToolManager`, the name is in the
inputs. Source: MLflow's `pydantic_ai/autolog.py` and `autolog_v2.py`.
"""

from __future__ import annotations

from msgspec.structs import replace

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import calls, elsewhere, library, named, own_doing, within
from tracegloss.model.site import Site
from tracegloss.recorded import phrase

_LIBRARY = "pydantic_ai"
_RUNS = frozenset({"run", "run_sync", "run_stream", "run_stream_sync"})
_MANAGED = ("ToolManager.execute_tool_call", "ToolManager.handle_call", "Tool.run")
_VALIDATION = ".validation"
_OUTPUT = "final_result"
_MCP = ("MCPToolset.", "MCPServer")


def pydantic_ai(
    features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
) -> Proposal | None:
    """Find the call that runs an agent, the function of a tool; requests are the agent's own."""
    name = features.name
    if features.function_name is not None or name in names.by_literal:
        return None
    if name in _MANAGED and features.library in {None, _LIBRARY}:
        return _managed(features, names)
    if name.startswith(_MCP) and features.library in {None, _LIBRARY}:
        return _of_server(name)
    if features.type == "PARSER" and name.endswith(_VALIDATION):
        tool = name.removesuffix(_VALIDATION)
        return within("tool", tool, features, names, phrase("the tool of this name"))
    if features.library != _LIBRARY:
        return None
    method = name.rpartition(".")[2]
    if method in _RUNS:
        return _run(f"Agent.{method}", features, sites, names)
    return own_doing(phrase("a model call of the agent around it"))


def _run(
    called: str, features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
) -> Proposal:
    """A run is the call that begins it; an agent that no known call runs, where it is built."""
    plain = features._replace(name=called)
    found = calls(_LIBRARY, plain, sites, names, only_outermost=True)
    agent = features.mark("agent")
    if not found.sites and agent is not None:
        built = named("agent", agent, names, phrase("the agent of this name"))
        return found if built is None else replace(built, called=agent)
    return replace(found, called=called)


def _managed(features: SpanFeatures, names: SiteNames) -> Proposal:
    tool = features.mark("tool")
    if tool is None:
        return library(phrase("a call of a tool, whose name it did not record"))
    if tool.startswith(_OUTPUT):
        return own_doing(phrase("the output of the agent around it"))
    told = phrase("the tool of this name")
    found = within("tool", tool, features, names, told)
    return found or elsewhere(phrase("no tool of this name is defined in this workspace"))


def _of_server(name: str) -> Proposal:
    if name.endswith(".list_tools"):
        return library(phrase("asks a server for its tools"))
    return elsewhere(phrase("a tool of a server outside of this workspace"))
