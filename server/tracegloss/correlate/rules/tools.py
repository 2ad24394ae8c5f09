"""Tools of any framework: the span carries the tool's name, which leads to its function."""

from __future__ import annotations

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import known_tool, tool_called
from tracegloss.model.site import Site


def tools(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    """Find the function behind a tool's span by the tool's name, whatever framework ran it."""
    name = features.name
    if features.function_name is not None or features.type != "TOOL":
        return None
    found = names.framework.get(("tool", name), ())
    if found and all(sites[number].function_name for number in names.by_literal.get(name, ())):
        # MLflow's own span of such a function would carry the function's name.
        return known_tool(name, features, found)
    return tool_called(name, features, names)
