"""Strands: spans by the GenAI conventions, of agents, their loop, model calls and tools.

A tool's span is `execute_tool {name}`, an agent's `invoke_agent {name}` (`Strands Agents` without a
name), both with the name in an attribute. Source: `strands.telemetry.tracer`.
"""

from __future__ import annotations

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import elsewhere, library, own_doing, tool_called, within
from tracegloss.model.site import Site
from tracegloss.recorded import phrase

_LOOP = "execute_event_loop_cycle"


def strands(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    """Find the tool's function and the agent's constructor, which model calls belong to."""
    del sites
    if features.library != "strands":
        return None
    tool, agent = features.mark("tool"), features.mark("agent")
    if features.name == _LOOP:
        return library(phrase("a turn of the agent's loop"))
    if tool is not None and features.type == "TOOL":
        return tool_called(tool, features, names)
    if features.type == "AGENT" and agent is not None:
        found = within("agent", agent, features, names, phrase("the agent of this name"))
        return found or elsewhere(phrase("no agent of this name is built in this workspace"))
    if features.type == "CHAT_MODEL":
        return own_doing(phrase("a model call of the agent around it"))
    return None
