"""A call that failed at first and succeeded when it was tried again."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.attempts import Attempts
from tracegloss.findings.case import Case
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.wording import duration
from tracegloss.model.finding import Finding, Severity
from tracegloss.recorded import phrase


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report what the failed attempts cost, from the first one's start to the last one's."""
    for tried in case.attempts:
        if tried.succeeded:
            yield finding(case, rule, _note(case, tried))


def _note(case: Case, tried: Attempts) -> Note:
    first, last = case.spans[tried.span_ids[0]], case.spans[tried.span_ids[-1]]
    lost = last.start_ns - first.start_ns
    message = phrase(
        "Succeeded at attempt {n} of {n}, {lost} lost",
        n=len(tried.span_ids),
        lost=duration(lost),
    )
    values = {"attempts": len(tried.span_ids), "lost_ms": round(lost / 1e6, 3)}
    return Note(message, tried.span_ids, values=values)


RULE = Rule("retry-succeeded", Severity.HINT, Severity.HINT, look)
