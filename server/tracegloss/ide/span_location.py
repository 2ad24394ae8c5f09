"""Go to code from a span: its line as it is now, how sure that is, and what else it may be."""

from __future__ import annotations

from msgspec import Struct

from tracegloss.errors import TraceNotFoundError
from tracegloss.ide.answers import CodePlace, code_place
from tracegloss.ide.reasons import alternatives, confidence_word, outcome_word, reasons
from tracegloss.model.resolution import Ambiguous, Resolution, Resolved, Unresolved
from tracegloss.model.site import Place
from tracegloss.snapshot import Snapshot
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display


class SpanLocation(Struct, frozen=True):
    """Where a span was made.

    `outcome` is `resolved`, `ambiguous` or `unresolved`; `confidence` is empty unless resolved.
    `place` is one line only when resolved; `candidates` are the ties of an ambiguous span, and
    `near` a place worth a look for an unresolved one. `is_gone` tells that the place was deleted
    from the text since.
    """

    outcome: str
    confidence: str
    place: CodePlace | None
    extent: CodePlace | None
    qualified_name: str
    reasons: tuple[str, ...]
    alternatives: tuple[str, ...]
    candidates: tuple[CodePlace, ...] = ()
    called_from: CodePlace | None = None
    near: CodePlace | None = None
    is_gone: bool = False


def span_location(snapshot: Snapshot, trace_id: str, span_id: str) -> SpanLocation:
    """Find the line of a span of a loaded trace.

    Raises `TraceNotFoundError` when the trace is not loaded or has no such span.
    """
    on_code = snapshot.trace(trace_id)
    if on_code is None:
        raise TraceNotFoundError(
            "This trace is not loaded", where=trace_id, remedy="Load it, or open its file, first."
        )
    resolution = on_code.correlation.resolutions.get(span_id)
    if resolution is None:
        raise TraceNotFoundError("The trace has no such span", where=f"{trace_id} {span_id}")
    return _located(snapshot, on_code, resolution)


def _located(snapshot: Snapshot, on_code: TraceOnCode, resolution: Resolution) -> SpanLocation:
    display = Display(snapshot.settings.redaction)
    said = reasons(display, resolution), alternatives(display, resolution)
    outcome = outcome_word(resolution)
    match resolution:
        case Resolved(site=site, confidence=confidence):
            place = _now(snapshot, on_code, site.at)
            extent = _now(snapshot, on_code, Place(
                site.at.path, site.extent, site.at.cell, site.at.repository
            ))  # fmt: skip
            return SpanLocation(
                outcome,
                confidence_word(confidence),
                place,
                extent,
                display.ours(site.qualified_name),
                *said,
                called_from=_now(snapshot, on_code, resolution.called_from),
                is_gone=place is None,
            )
        case Ambiguous(candidates=candidates):
            places = (_now(snapshot, on_code, candidate.site.at) for candidate in candidates)
            tie = tuple(dict.fromkeys(place for place in places if place is not None))
            return SpanLocation(outcome, "", None, None, "", *said, candidates=tie)
        case Unresolved(near=near):
            return SpanLocation(
                outcome, "", None, None, "", *said, near=_now(snapshot, on_code, near)
            )


def _now(snapshot: Snapshot, on_code: TraceOnCode, place: Place | None) -> CodePlace | None:
    current = snapshot.current(on_code, place) if place is not None else None
    return None if current is None else code_place(current)
