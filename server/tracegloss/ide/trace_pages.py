"""The spans of one trace by pages, so that no message ever holds a whole large trace."""

from __future__ import annotations

from msgspec import Struct

from tracegloss.errors import TraceNotFoundError, UsageError
from tracegloss.ide.answers import CodePlace, code_place
from tracegloss.ide.reasons import confidence_word, outcome_word
from tracegloss.model.finding import Severity
from tracegloss.model.resolution import Resolution, Resolved, Unresolved
from tracegloss.snapshot import Snapshot
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.wording.durations import milliseconds

MOST_ROWS = 500


class SpanRow(Struct, frozen=True):
    """One span in a tree or a waterfall; times in milliseconds, `start_ms` from the trace's start.

    `mark` is the gravest severity of a finding that speaks of the span. `place` is given for
    a resolved span whose line is still there, however sure: `confidence` says how much. `reason` is
    why an unresolved span has none (`library`, `mlflow`, `other-repository`, ...), else empty.
    """

    span_id: str
    parent_id: str | None
    depth: int
    n_children: int
    name: str
    type: str
    status: str
    start_ms: float
    duration_ms: float | None
    self_ms: float | None
    is_critical: bool
    outcome: str
    confidence: str
    reason: str
    place: CodePlace | None
    mark: Severity | None


class TracePage(Struct, frozen=True):
    """Some rows in the order of the tree; `total` counts all below the asked parent."""

    trace_id: str
    offset: int
    total: int
    rows: tuple[SpanRow, ...]


def trace_page(
    snapshot: Snapshot,
    trace_id: str,
    *,
    offset: int = 0,
    limit: int = 100,
    parent: str | None = None,
) -> TracePage:
    """Return rows `offset` to `offset + limit` of a trace, or of the direct children of a span.

    Raises `TraceNotFoundError` for a trace or span that is not loaded, `UsageError` for a page out
    of bounds (`offset` below 0, `limit` not in 1 to 500).
    """
    if offset < 0 or not 1 <= limit <= MOST_ROWS:
        raise UsageError(
            "This page is out of bounds", remedy=f"Ask for 1 to {MOST_ROWS} rows from 0 on."
        )
    on_code = _loaded(snapshot, trace_id)
    span_ids = on_code.tree.order if parent is None else _children(on_code, parent)
    display = Display(snapshot.settings.redaction)
    marks = _marks(on_code)
    start_ns = min((span.start_ns for span in on_code.trace.spans), default=0)
    rows = (
        _row(snapshot, on_code, display, span_id, start_ns, marks.get(span_id))
        for span_id in span_ids[offset : offset + limit]
    )
    return TracePage(trace_id, offset, len(span_ids), tuple(rows))


def _loaded(snapshot: Snapshot, trace_id: str) -> TraceOnCode:
    on_code = snapshot.trace(trace_id)
    if on_code is None:
        raise TraceNotFoundError(
            "This trace is not loaded", where=trace_id, remedy="Load it first."
        )
    return on_code


def _children(on_code: TraceOnCode, parent: str) -> tuple[str, ...]:
    if parent not in on_code.tree.spans:
        raise TraceNotFoundError("The trace has no such span", where=parent)
    return on_code.tree.children.get(parent, ())


def _row(
    snapshot: Snapshot,
    on_code: TraceOnCode,
    display: Display,
    span_id: str,
    start_ns: int,
    mark: Severity | None,
) -> SpanRow:
    span = on_code.tree.spans[span_id]
    resolution = on_code.correlation.resolutions[span_id]
    duration_ns, self_ns = span.duration_ns, on_code.self_ns.get(span_id)
    return SpanRow(
        span_id=span_id,
        parent_id=on_code.tree.parents.get(span_id),
        depth=on_code.tree.depths[span_id],
        n_children=len(on_code.tree.children.get(span_id, ())),
        name=display.name(span.name),
        type=display.name(span.type),
        status=span.status.value,
        start_ms=milliseconds(span.start_ns - start_ns),
        duration_ms=None if duration_ns is None else milliseconds(duration_ns),
        self_ms=None if self_ns is None else milliseconds(self_ns),
        is_critical=span_id in on_code.critical,
        outcome=outcome_word(resolution),
        confidence=_confidence(resolution),
        reason=resolution.reason if isinstance(resolution, Unresolved) else "",
        place=_place(snapshot, on_code, resolution),
        mark=mark,
    )


def _confidence(resolution: Resolution) -> str:
    return confidence_word(resolution.confidence) if isinstance(resolution, Resolved) else ""


def _place(snapshot: Snapshot, on_code: TraceOnCode, resolution: Resolution) -> CodePlace | None:
    if not isinstance(resolution, Resolved):
        return None
    current = snapshot.current(on_code, resolution.site.at)
    return None if current is None else code_place(current)


def _marks(on_code: TraceOnCode) -> dict[str, Severity]:
    marks: dict[str, Severity] = {}
    for found in on_code.examination.findings:
        for span_id in found.span_ids[:1] if found.suppressed is None else ():
            marks[span_id] = max(found.severity, marks.get(span_id, Severity.HINT))
    return marks
