"""Which spans carry a mark: the gravest finding that speaks of them."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from tracegloss.model.finding import Finding, Severity
from tracegloss.model.trace import Span, SpanStatus
from tracegloss.trace_on_code import TraceOnCode


def marks(on_code: TraceOnCode) -> dict[str, Severity]:
    """Give marked spans their severity; spans without a mark are absent, hints make none.

    A finding marks its first span, and each of its spans whose own status is ERROR. A failed span
    that no finding speaks of is an error.
    """
    spans = on_code.tree.spans
    marked: dict[str, Severity] = {}
    for finding in shown_findings(on_code):
        for number, span_id in enumerate(finding.span_ids):
            if span_id in spans and (number == 0 or _failed(on_code, span_id)):
                marked[span_id] = max(finding.severity, marked.get(span_id, Severity.HINT))
    for span_id in spans:
        if _failed(on_code, span_id):
            marked.setdefault(span_id, Severity.ERROR)
    return {span_id: severity for span_id, severity in marked.items() if severity > Severity.HINT}


def shown_findings(on_code: TraceOnCode) -> tuple[Finding, ...]:
    """Return the findings that are not suppressed, gravest first, then in order of time."""
    return tuple(f for f in ordered_findings(on_code) if f.suppressed is None)


def ordered_findings(on_code: TraceOnCode) -> tuple[Finding, ...]:
    """Return all findings, gravest first, then by the start of their first span."""
    return tuple(on_code.examination.findings[number] for number in finding_order(on_code))


def finding_order(on_code: TraceOnCode) -> list[int]:
    """Return positions in the examination's findings: gravest first, then in order of time.

    Findings of a whole trace come after those of one span.
    """
    findings = on_code.examination.findings
    return sorted(range(len(findings)), key=lambda n: _key(findings[n], on_code.tree.spans))


def _key(finding: Finding, spans: Mapping[str, Span]) -> tuple[int, float]:
    known = [spans[span_id].start_ns for span_id in finding.span_ids[:1] if span_id in spans]
    return -finding.severity, known[0] if known else inf


def _failed(on_code: TraceOnCode, span_id: str) -> bool:
    return on_code.tree.spans[span_id].status is SpanStatus.ERROR
