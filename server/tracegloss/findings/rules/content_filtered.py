"""A model that refused to answer, or whose answer was filtered."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.wording import piece
from tracegloss.model.finding import Finding, Severity
from tracegloss.recorded import phrase


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report model calls with a refusal, or stopped by a filter."""
    for call in case.model_calls:
        reason, span_id = call.filtered, call.span.span_id
        if reason is not None:
            message = phrase("The model refused or was filtered: {reason}", reason=piece(reason))
            yield finding(case, rule, Note(message, (span_id,), anchor=case.owner(span_id)))


RULE = Rule("content-filtered", Severity.WARNING, Severity.WARNING, look)
