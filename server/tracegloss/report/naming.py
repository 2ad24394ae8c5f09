"""How a report names spans, sites and functions."""

from __future__ import annotations

from tracegloss.model.resolution import Ambiguous, Resolution, Resolved
from tracegloss.model.site import Place, Site
from tracegloss.model.trace import Span
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.wording.printable import one_line


def site_of(resolution: Resolution) -> Site | None:
    """Return the one site of a resolved span."""
    return resolution.site if isinstance(resolution, Resolved) else None


def site_of_span(on_code: TraceOnCode, span_id: str | None) -> Site | None:
    """Return the one site of a span that is resolved."""
    resolution = on_code.correlation.resolutions.get(span_id) if span_id is not None else None
    return None if resolution is None else site_of(resolution)


def qualified_name(site: Site) -> str:
    """Return the site's qualified name, made printable; empty when it has none."""
    return one_line(site.qualified_name or "")


def last_part(dotted: str) -> str:
    """Return what stands after the last dot."""
    return dotted.rpartition(".")[2]


def trace_name(on_code: TraceOnCode, display: Display) -> str:
    """Name the trace, after its first root where it has no name of its own."""
    roots = on_code.tree.roots or on_code.tree.orphans
    own = on_code.trace.info.name
    named = own if own is not None or not roots else on_code.tree.spans[roots[0]].name
    return display.name(named, absent="trace without a name")


def span_name(on_code: TraceOnCode, display: Display, span_id: str) -> str:
    """Name a span; an id that the trace lacks stands for itself."""
    span = on_code.tree.spans.get(span_id)
    return display.ours(span_id) if span is None else display.name(span.name)


def type_name(display: Display, span: Span) -> str:
    """Name the type of a span; MLflow's `UNKNOWN` counts as none."""
    shown = display.name(span.type)
    return "" if shown == "UNKNOWN" else shown


def function_at(on_code: TraceOnCode, place: Place, span_id: str | None) -> str:
    """Name the function around a place: that of a stack frame there, else of the span's site."""
    for exception in on_code.examination.exceptions:
        for placed in exception.frames:
            if placed.function is not None and _same_line(placed.place, place):
                return one_line(placed.function.qualified_name)
    site = site_of_span(on_code, span_id)
    return qualified_name(site) if site is not None and site.at.path == place.path else ""


def names_repeat(on_code: TraceOnCode) -> bool:
    """Tell whether spans of one name lie on different sites, so that names alone mislead."""
    places: dict[object, Place] = {}
    for span_id, span in on_code.tree.spans.items():
        site = site_of_span(on_code, span_id)
        if site is not None and places.setdefault(span.name, site.at) != site.at:
            return True
    return False


def candidate_places(resolution: Ambiguous) -> list[Place]:
    """Return the places of the tie, in their given order, each once."""
    return list(dict.fromkeys(candidate.site.at for candidate in resolution.candidates))


def _same_line(one: Place | None, other: Place) -> bool:
    return one is not None and (one.path, one.cell, one.range.start.line) == (
        other.path,
        other.cell,
        other.range.start.line,
    )
