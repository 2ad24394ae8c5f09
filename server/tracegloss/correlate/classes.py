"""The class of each span: spans of one class have the same candidates with the same evidence."""

from __future__ import annotations

from collections.abc import Mapping

from tracegloss.correlate import weights
from tracegloss.correlate.candidates import CandidateFinder, CandidateSet, Narrowed, Pin
from tracegloss.correlate.frames import PlacedExceptions, leaving_frame
from tracegloss.correlate.names import numbered_series, site_names
from tracegloss.correlate.owned import Callers, pin_on_line
from tracegloss.correlate.pins import PinFinder
from tracegloss.correlate.plumbing import is_plumbing
from tracegloss.correlate.run_context import run_pin
from tracegloss.correlate.survey import Survey
from tracegloss.correlate.taught import taught_sites
from tracegloss.model.resolution import PlacedFrame
from tracegloss.model.settings import Settings
from tracegloss.model.site import Site
from tracegloss.model.trace import Trace
from tracegloss.tree import SpanTree


def candidate_finder(seen: Survey, sites: tuple[Site, ...], settings: Settings) -> CandidateFinder:
    """Prepare the lookup of candidates for one trace."""
    series = numbered_series(features.name for features in seen.groups)
    taught = taught_sites(settings.names, sites)
    return CandidateFinder(sites, site_names(sites), series, seen.stripped, taught)


def classes_of(
    trace: Trace,
    tree: SpanTree,
    seen: Survey,
    finder: CandidateFinder,
    pins: PinFinder,
    frames: Mapping[str, PlacedExceptions],
    callers: Callers,
) -> Mapping[str, int]:
    """Give every span the number of its class in `finder.found`, pinned spans their own."""
    of_group = [finder.class_of(features, None) for features in seen.groups]
    class_of = {span_id: of_group[group] for span_id, group in seen.group_of.items()}
    closer = {*frames, *seen.pointers, *tree.roots, *tree.orphans}
    for span_id in class_of.keys() & closer:
        features = seen.groups[seen.group_of[span_id]]
        found = finder.found[class_of[span_id]]
        sites = [site for site in found.choices.sites if site != weights.NOWHERE]
        pin: Pin | None = pins.pin_of(
            seen.pointers.get(span_id), frames.get(span_id, ()), sites, features
        )
        if pin is None and features.is_top:
            pin = run_pin(trace.info, finder.sites, sites)
        if pin is not None:
            class_of[span_id] = finder.class_of(features, pin)
    _narrow(tree, seen, finder, callers, frames, class_of)
    return class_of


def _narrow(
    tree: SpanTree,
    seen: Survey,
    finder: CandidateFinder,
    callers: Callers,
    frames: Mapping[str, PlacedExceptions],
    class_of: dict[str, int],
) -> None:
    """Leave spans of calls what the nearest construct above can have called, from the top down."""
    if not any(_is_call(candidates) for candidates in finder.found):
        return
    roots = frozenset(tree.roots)
    narrowed: dict[tuple[int, int, bool, PlacedFrame | None], int] = {}
    for span_id in tree.order:
        number = class_of[span_id]
        proposal = finder.found[number].proposal
        if proposal is None or not proposal.is_call:
            continue
        ancestor, is_inside = _above(tree, span_id, finder, class_of)
        if ancestor is None and not is_inside:
            if span_id in roots:
                candidates = finder.found[number]
                outside = Narrowed(callers.outside_of_spans(proposal.sites))
                features = seen.groups[seen.group_of[span_id]]
                class_of[span_id] = finder.class_of(features, candidates.pin, outside)
            continue
        above = -1 if ancestor is None else class_of[ancestor]
        line = None
        if ancestor is not None and span_id in frames:
            line = leaving_frame(frames.get(ancestor, ()))
        known = narrowed.get((number, above, is_inside, line))
        if known is None:
            candidates = finder.found[number]
            over = () if ancestor is None else finder.found[above].choices.sites
            sites = [site for site in over if site != weights.NOWHERE]
            own = () if is_inside else proposal.sites
            left = callers.narrowed(own, sites, owned=not proposal.only_outermost)
            pin = None if line is None else pin_on_line(line, finder.sites, left.calls)
            features = seen.groups[seen.group_of[span_id]]
            known = finder.class_of(features, pin or candidates.pin, left)
            narrowed[number, above, is_inside, line] = known
        class_of[span_id] = known


def _is_call(candidates: CandidateSet) -> bool:
    return candidates.proposal is not None and candidates.proposal.is_call


def _above(
    tree: SpanTree, span_id: str, finder: CandidateFinder, class_of: Mapping[str, int]
) -> tuple[str | None, bool]:
    """Give the nearest span above that is no plumbing, and whether a call stands between.

    What such a call runs is none of the calls that the function above makes itself.
    """
    is_inside = False
    for ancestor in tree.ancestors(span_id):
        candidates = finder.found[class_of[ancestor]]
        if not is_plumbing(candidates):
            return ancestor, is_inside
        is_inside |= _is_call(candidates)
    return None, is_inside
