"""The class of each span: spans of one class have the same candidates with the same evidence."""

from __future__ import annotations

from collections.abc import Mapping

from tracegloss.correlate import weights
from tracegloss.correlate.candidates import CandidateFinder, Pin
from tracegloss.correlate.frames import PlacedExceptions
from tracegloss.correlate.names import numbered_series, site_names
from tracegloss.correlate.pins import PinFinder
from tracegloss.correlate.run_context import run_pin
from tracegloss.correlate.survey import Survey
from tracegloss.correlate.taught import taught_sites
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
            seen.pointers.get(span_id), frames.get(span_id, ()), sites, features.function_name
        )
        if pin is None and features.is_top:
            pin = run_pin(trace.info, finder.sites, sites)
        if pin is not None:
            class_of[span_id] = finder.class_of(features, pin)
    return class_of
