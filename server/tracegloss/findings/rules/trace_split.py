"""Another trace that may hold a part of this run: same session or run, within the same time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracegloss.findings.case import Case
from tracegloss.findings.rule import Looked, Note, Rule, finding
from tracegloss.model.finding import Finding, Severity
from tracegloss.model.trace import TraceInfo
from tracegloss.recorded import phrase
from tracegloss.reveal import reveal

_GROUPS = ("mlflow.trace.session", "mlflow.sourceRun")


def look(case: Case, rule: Rule) -> Looked:
    """Report other traces that began and ended while this one ran."""
    own = case.trace.info.trace_id
    others = [other for other in case.around.other_traces if other.trace_id != own]
    if not others:
        return rule.not_checked("no other traces were loaded")
    return _enclosed(case, rule, others)


def _enclosed(case: Case, rule: Rule, others: Sequence[TraceInfo]) -> Iterator[Finding]:
    groups = _groups(case.trace.info)
    if not groups or not case.trace.spans:
        return
    start = min(span.start_ns for span in case.trace.spans)
    end = start + case.duration_ns()
    for other in others:
        if _groups(other) & groups and _is_within(other, start, end):
            message = phrase("May continue in {trace_id}", trace_id=other.trace_id)
            spans = () if case.root is None else (case.root,)
            yield finding(case, rule, Note(message, spans, has_place=False))


def _groups(info: TraceInfo) -> set[tuple[str, str]]:
    metadata = reveal(info.metadata)
    return {(name, metadata[name]) for name in _GROUPS if metadata.get(name)}


def _is_within(other: TraceInfo, start: int, end: int) -> bool:
    if other.request_ns is None:
        return False
    return (
        start <= other.request_ns and other.request_ns + (other.duration_ms or 0) * 1_000_000 <= end
    )


RULE = Rule("trace-split", Severity.HINT, None, look)
