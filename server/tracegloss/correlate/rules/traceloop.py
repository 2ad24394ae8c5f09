"""Traceloop: functions and methods under `@workflow`, `@task`, `@agent`, `@tool`.

Spans are called `{entity}.{kind}`, the entity is the decorator's `name` or the function's qualified
name, and stands in `traceloop.entity.name`. Source: `traceloop.sdk.decorators`.
"""

from __future__ import annotations

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import opened, within
from tracegloss.model.site import Site
from tracegloss.recorded import phrase


def traceloop(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    """Find the function that an entity was decorated as."""
    entity = features.mark("entity")
    if features.library != "traceloop" or entity is None:
        return None
    detail = phrase("the function of this entity")
    return opened(features, sites, names) or within("module", entity, features, names, detail)
