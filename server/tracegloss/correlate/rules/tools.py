"""Tools of any framework: the span carries the tool's name, which leads to its function."""

from __future__ import annotations

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import tool_called
from tracegloss.model.site import Site


def tools(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    """Find the function behind a tool's span by the tool's name, whatever framework ran it."""
    del sites
    if features.function_name is not None or features.type != "TOOL":
        return None
    return tool_called(features.name, features, names)
