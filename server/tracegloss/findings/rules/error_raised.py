"""An exception that ended the run: one finding for each, at the line that raised it."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.raising import exception_note, fatal, replaced_by_attempts
from tracegloss.findings.rule import Rule, finding
from tracegloss.model.finding import Finding, Severity


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report exceptions that reached a root, except control flow and what is expected."""
    replaced = replaced_by_attempts(case)
    for number in fatal(case):
        if not case.exceptions.exceptions[number].expected and number not in replaced:
            yield finding(case, rule, exception_note(case, number))


RULE = Rule("error-raised", Severity.ERROR, Severity.ERROR, look)
