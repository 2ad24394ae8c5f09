"""A span marked as failed without any exception behind it."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.exceptions import masked
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.wording import bounded
from tracegloss.model.finding import Finding, Severity
from tracegloss.model.trace import Span, SpanStatus
from tracegloss.recorded import Recorded, phrase
from tracegloss.reveal import reveal


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report ERROR spans that recorded no exception and have no failed child to blame."""
    for span in case.trace.spans:
        if span.status is not SpanStatus.ERROR or span.exceptions:
            continue
        children = case.tree.children.get(span.span_id, ())
        if not any(case.spans[child].status is SpanStatus.ERROR for child in children):
            yield finding(case, rule, _note(span))


def _note(span: Span) -> Note:
    said = "" if span.status_message is None else reveal(span.status_message).strip()
    message = phrase(
        "Status set to ERROR without an exception: {message}",
        message=bounded(Recorded(said)) if said else "no message",
    )
    return Note(message, (span.span_id,), stable=(masked(said),))


RULE = Rule("error-without-exception", Severity.WARNING, Severity.WARNING, look)
