"""An exception that somebody handled: who, and what came out instead."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.attempts import retried
from tracegloss.findings.case import Case
from tracegloss.findings.raising import exception_note, replaced_by_attempts
from tracegloss.findings.rule import Rule, finding
from tracegloss.findings.wording import value_piece
from tracegloss.model.finding import Finding, Severity
from tracegloss.model.trace import SpanStatus
from tracegloss.recorded import Phrase, phrase
from tracegloss.reveal import reveal


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report handled exceptions that no retry made good."""
    replaced, made_good = replaced_by_attempts(case), retried(case.attempts)
    for number, fate in enumerate(case.exceptions.fates):
        raised = case.exceptions.exceptions[number]
        if fate != "handled" or number in replaced or raised.expected or raised.control_flow:
            continue
        handlers = case.exceptions.handled_by[number]
        if all(_was_retried(case, number, parent, made_good) for parent in handlers):
            continue
        ending = _handled(case, handlers[0])
        for bearer in case.exceptions.bearers(number):
            yield finding(case, rule, exception_note(case, bearer, ending=ending))


def _was_retried(case: Case, number: int, parent: str, made_good: frozenset[str]) -> bool:
    ended = [
        child
        for child in case.tree.children.get(parent, ())
        if case.exceptions.of_span.get(child) == number
    ]
    return bool(ended) and made_good.issuperset(ended)


def _handled(case: Case, parent: str) -> Phrase:
    span = case.spans[parent]
    if span.status is SpanStatus.ERROR:
        return phrase(", handled by {parent}, which then failed", parent=span.name)
    if span.outputs is None:
        return phrase(", handled by {parent}", parent=span.name)
    value = value_piece(reveal(span.outputs))
    return phrase(", handled by {parent}, which returned {value}", parent=span.name, value=value)


RULE = Rule("error-handled", Severity.INFORMATION, Severity.INFORMATION, look)
