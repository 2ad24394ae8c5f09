"""OpenTelemetry: spans that a tracer of the repository's own opened, and the GenAI conventions.

A span is called as `start_as_current_span("name")` says, Logfire's by the template of the message.
The conventions name tools and agents in `gen_ai.tool.name` and `gen_ai.agent.name`. Spans that
never passed MLflow's client carry no span type, unless their attributes told MLflow's server one.
"""

from __future__ import annotations

from tracegloss.correlate.features import TELEMETRY, SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import opened, tool_called, within
from tracegloss.model.site import Site
from tracegloss.recorded import phrase


def opentelemetry(
    features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
) -> Proposal | None:
    """Find the call or decorator that opened a span, else the tool or agent it speaks of."""
    if features.function_name is not None:
        return None
    if features.library not in TELEMETRY and (features.library or features.type) is not None:
        return None
    return opened(features, sites, names) or _convention(features, names)


def _convention(features: SpanFeatures, names: SiteNames) -> Proposal | None:
    tool, agent = features.mark("tool"), features.mark("agent")
    if tool is not None and features.type == "TOOL":
        return tool_called(tool, features, names)
    if agent is not None and features.type == "AGENT":
        return within("agent", agent, features, names, phrase("the agent of this name"))
    return None
