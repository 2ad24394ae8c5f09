"""OpenInference: functions under `@tracer.chain` and its kin, and spans opened with such a tracer.

Spans are called as the decorator's `name` says, else like the function, with its class for methods.
Source: `openinference.instrumentation`.
"""

from __future__ import annotations

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import named, opened
from tracegloss.model.site import Site
from tracegloss.recorded import phrase


def openinference(
    features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
) -> Proposal | None:
    """Find the function under a tracer's decorator, or the call that opened the span."""
    if features.library != "openinference":
        return None
    detail = phrase("the function that a tracer of this kind decorates")
    return named("module", features.name, names, detail) or opened(features, sites, names)
