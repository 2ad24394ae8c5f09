"""A trace whose root has not ended although it began long ago."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.rule import Looked, Note, Rule, finding
from tracegloss.findings.wording import duration
from tracegloss.model.finding import Finding, Severity
from tracegloss.recorded import phrase

_MS = 1_000_000


def look(case: Case, rule: Rule) -> Looked:
    """Report roots without an end that are older than the threshold."""
    if case.around.now_ns is None:
        unfinished = [root for root in case.tree.roots if case.spans[root].end_ns is None]
        return rule.not_checked("the time is not known") if unfinished else ()
    return _unfinished(case, rule, case.around.now_ns)


def _unfinished(case: Case, rule: Rule, now_ns: int) -> Iterator[Finding]:
    for root in case.tree.roots:
        age = now_ns - case.spans[root].start_ns
        if case.spans[root].end_ns is None and age >= rule.threshold(case, "min-age-ms") * _MS:
            below = (root, *case.tree.descendants(root))
            last = max(below, key=lambda s: case.spans[s].end_ns or case.spans[s].start_ns)
            still_open = [s for s in below if case.spans[s].end_ns is None]
            message = phrase(
                "Not finished {age} after its start; last activity in {span}",
                age=duration(age),
                span=case.name(last),
            )
            anchor = max(still_open, key=lambda s: case.spans[s].start_ns)
            yield finding(case, rule, Note(message, (root,), anchor=anchor))


RULE = Rule(
    "trace-unfinished",
    Severity.INFORMATION,
    Severity.INFORMATION,
    look,
    {"min-age-ms": 600_000},
)
