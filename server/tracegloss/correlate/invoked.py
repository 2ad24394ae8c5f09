"""What is built in one place and run from another: the calls that may have run it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from tracegloss.correlate.evidence import supports
from tracegloss.model.resolution import EvidenceKind, Resolution, Resolved
from tracegloss.model.site import Place, Site, place_key, spot
from tracegloss.recorded import phrase
from tracegloss.tree import SpanTree

_MOST_CALLS = 4


def with_invocations(
    tree: SpanTree, resolutions: dict[str, Resolution], sites: Sequence[Site]
) -> Mapping[str, tuple[Place, ...]]:
    """Add to spans of graphs and agents where those are run, and give these calls by span.

    A function above that runs it itself leaves its own calls; of one call alone the span was
    entered there. Too many calls tell nothing.
    """
    calls: dict[str, list[Site]] = {}
    for site in sites:
        for key in site.runs:
            calls.setdefault(key, []).append(site)
    found: dict[str, tuple[Place, ...]] = {}
    for span_id, resolution in resolutions.items() if calls else ():
        if not isinstance(resolution, Resolved) or resolution.site.kind != "agent":
            continue
        if any(_is_of(resolutions[above], resolution.site) for above in tree.ancestors(span_id)):
            continue  # its own doing, of which the span above tells
        running = _within(calls.get(place_key(resolution.site.at), []), tree, span_id, resolutions)
        if 0 < len(running) <= _MOST_CALLS:
            found[span_id] = running
    for span_id, running in found.items():
        resolutions[span_id] = _invoked(resolutions[span_id], running)
    return found


def _is_of(resolution: Resolution, site: Site) -> bool:
    return isinstance(resolution, Resolved) and resolution.site.at == site.at


def _within(
    calls: Sequence[Site], tree: SpanTree, span_id: str, resolutions: Mapping[str, Resolution]
) -> tuple[Place, ...]:
    """Keep the calls of the function of the span above, if it has any; all of them otherwise."""
    parent = tree.parents.get(span_id)
    above = None if parent is None else resolutions[parent]
    own: list[Site] = []
    if isinstance(above, Resolved):
        own = [each for each in calls if _is_in(each, above.site)]
    return tuple(dict.fromkeys(each.at for each in own or calls))


def _is_in(call: Site, site: Site) -> bool:
    return (call.at.path, call.qualified_name) == (site.at.path, site.qualified_name)


def _invoked(resolution: Resolution, running: tuple[Place, ...]) -> Resolution:
    if not isinstance(resolution, Resolved):
        return resolution
    detail = phrase("built here and invoked from {spot}", spot=spot(running[0]))
    for other in running[1:]:
        detail += phrase(" or {spot}", spot=spot(other))
    evidence = (*resolution.evidence, supports(EvidenceKind.CALLED_BY, detail))
    entered = resolution.called_from or (running[0] if len(running) == 1 else None)
    return replace(resolution, evidence=evidence, called_from=entered)
