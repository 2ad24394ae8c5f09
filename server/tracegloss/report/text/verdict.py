"""The section VERDICT: where to start, and the statements behind it."""

from __future__ import annotations

from tracegloss.model.finding import Verdict
from tracegloss.model.site import Place
from tracegloss.report.freshness import today
from tracegloss.report.naming import function_at, last_part, span_name
from tracegloss.report.text.segments import Line, Segment, paragraph, path
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.columns import pad
from tracegloss.wording.display import Display

_LABELS = {"proven": "Raised at", "likely": "Start at", "unknown": "Look at"}
_LABEL = 10


def verdict_section(on_code: TraceOnCode, display: Display, width: int) -> list[Line]:
    """Write the verdict in its strength: proven, likely or unknown."""
    verdict = on_code.examination.verdict
    lines: list[Line] = [
        (Segment("VERDICT", "heading"), Segment(f"  {verdict.certainty}")),
        *paragraph(display.sentence(verdict.summary), width, 2),
    ]
    if verdict.start_at is not None:
        lines.append(_start(on_code, display, verdict, verdict.start_at))
    # The place above says in which span it was raised.
    said = f"Raised in {_span_of(on_code, display, verdict)}."
    reasons = [display.sentence(reason.text) for reason in verdict.reasons]
    reasons = [reason for reason in reasons if reason != said]
    if verdict.start_at is None or verdict.certainty == "proven":
        lines += [line for reason in reasons for line in paragraph(reason, width, 2)]
        return [*lines, *_today(on_code, verdict, width)]
    for number, reason in enumerate(reasons):
        lines += _labelled("because" if number == 0 else "", reason, width)
    return [*lines, *_today(on_code, verdict, width)]


def start_label(verdict: Verdict) -> str:
    """Return the words before the verdict's place; only what is proven is a fact."""
    return _LABELS[verdict.certainty]


def start_names(on_code: TraceOnCode, display: Display, verdict: Verdict, place: Place) -> str:
    """Name the function at the verdict's place, and the span where its name says more."""
    function = function_at(on_code, place, verdict.span_id)
    span = _span_of(on_code, display, verdict)
    if not span or span == last_part(function):
        return function or span
    return f"{function}  (span {span})" if function else f"(span {span})"


def _start(on_code: TraceOnCode, display: Display, verdict: Verdict, place: Place) -> Line:
    label = pad(start_label(verdict), _LABEL)
    names = start_names(on_code, display, verdict, place)
    if verdict.certainty == "proven":
        return (
            Segment(f"  {label.rstrip()}  "),
            *path(place),
            Segment(f"  in {names}" if names else ""),
            Segment("  (reads otherwise now)" if on_code.reads_otherwise(place) else ""),
        )
    return Segment(f"  {label}"), *path(place), Segment(f"  {names}")


def _span_of(on_code: TraceOnCode, display: Display, verdict: Verdict) -> str:
    return "" if verdict.span_id is None else span_name(on_code, display, verdict.span_id)


def _today(on_code: TraceOnCode, verdict: Verdict, width: int) -> list[Line]:
    span_ids = () if verdict.span_id is None else (verdict.span_id,)
    since = on_code.since_at(span_ids, verdict.start_at)
    return [] if since is None else _labelled("Today", today(since), width)


def _labelled(label: str, words: str, width: int) -> list[Line]:
    return paragraph(words, width, 2 + _LABEL, first=(Segment(f"  {pad(label, _LABEL)}"),))
