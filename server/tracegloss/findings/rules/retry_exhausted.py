"""A call that was tried again until its caller gave up."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.attempts import Attempts
from tracegloss.findings.case import Case
from tracegloss.findings.exceptions import in_words, masked
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.model.finding import Finding, Severity
from tracegloss.recorded import phrase
from tracegloss.reveal import reveal


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report series of failed attempts, in place of the attempts' own findings."""
    reported: set[int] = set()
    for tried in case.attempts:
        if not tried.gave_up:
            continue
        number = case.exceptions.of_span.get(tried.span_ids[-1])
        if number is None or number in reported or case.exceptions.exceptions[number].expected:
            continue
        reported.add(number)
        yield finding(case, rule, _note(case, tried, number))


def _note(case: Case, tried: Attempts, number: int) -> Note:
    raised = case.exceptions.exceptions[number]
    message = phrase(
        "All {n} attempts failed: {exception}",
        n=len(tried.span_ids),
        exception=in_words(raised),
    )
    return Note(
        message=message,
        span_ids=tried.span_ids,
        stable=(reveal(raised.type), masked(reveal(raised.message))),
        values={"attempts": len(tried.span_ids)},
        exception=number,
    )


RULE = Rule("retry-exhausted", Severity.WARNING, Severity.WARNING, look)
