"""Agno: agents, teams, their models and tools, in OpenInference's words.

An agent's span is `{name}.run` with underscores for blanks, the name as written is an attribute; a
tool's is called like its function. Source: `openinference.instrumentation.agno`.
"""

from __future__ import annotations

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import (
    MODEL_TYPES,
    opens_framework,
    own_doing,
    tool_called,
    within,
)
from tracegloss.model.site import Site
from tracegloss.recorded import phrase

_RUNS = (".run", ".arun", ".continue_run", ".acontinue_run")


def agno(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    """Find the agent's constructor and the tool's function; model calls are the agent's."""
    if features.library != "openinference" or not opens_framework("agno", sites, names):
        return None
    tool, agent = features.mark("tool"), features.mark("agent")
    if features.type == "TOOL" and tool is not None:
        return tool_called(tool, features, names)
    if features.type in {"AGENT", "CHAIN"} and agent and features.name.endswith(_RUNS):
        return within("agent", agent, features, names, phrase("the agent of this name"))
    if features.type in MODEL_TYPES:
        return own_doing(phrase("a model call of the agent around it"))
    return None
