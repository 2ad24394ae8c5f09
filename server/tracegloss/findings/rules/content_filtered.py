"""A model that refused to answer, or whose answer was filtered."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.messages import refusal, stop_reasons
from tracegloss.findings.model_calls import model_calls
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.wording import piece
from tracegloss.model.finding import Finding, Severity
from tracegloss.recorded import phrase


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report model calls with a refusal, or stopped by a filter."""
    for span in model_calls(case):
        reason = refusal(span, stop_reasons(span))
        if reason is not None:
            message = phrase("The model refused or was filtered: {reason}", reason=piece(reason))
            anchor = case.owner(span.span_id)
            yield finding(case, rule, Note(message, (span.span_id,), anchor=anchor))


RULE = Rule("content-filtered", Severity.WARNING, Severity.WARNING, look)
