"""An exception of a type that the settings list as expected."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.raising import exception_note
from tracegloss.findings.rule import Rule, finding
from tracegloss.model.finding import Finding, Severity
from tracegloss.recorded import phrase


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report expected exceptions, handled or not, in place of every other finding of them."""
    for number, raised in enumerate(case.exceptions.exceptions):
        is_own = "raised" in raised.roles.values() and not raised.control_flow
        if raised.expected and is_own and case.exceptions.fates[number] != "wrapped":
            ending = phrase(" (listed as expected)")
            yield finding(case, rule, exception_note(case, number, ending=ending))


RULE = Rule("expected-error", Severity.INFORMATION, None, look)
