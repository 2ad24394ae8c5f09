"""A long stretch of a span, between two of its children, in which nothing was traced."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.wording import duration
from tracegloss.model.finding import Finding, Severity
from tracegloss.recorded import phrase

_MS = 1_000_000


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report the longest gap of each parent, when it is long and a large share of the parent.

    Only time between two children counts: before the first child of a root lies MLflow's start-up.
    """
    least_ns = rule.threshold(case, "min-gap-ms") * _MS
    share = rule.threshold(case, "min-share")
    for parent, children in case.tree.children.items():
        whole = case.spans[parent].duration_ns
        if whole is None or whole < least_ns or len(children) < 2:
            continue
        gap, before, after = max(_gaps(case, children))
        if gap >= least_ns and gap >= share * whole:
            yield finding(case, rule, _note(case, parent, gap, before, after))


def _gaps(case: Case, children: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    reached, last = case.spans[children[0]].end_ns, children[0]
    for child in children[1:]:
        span = case.spans[child]
        if reached is None:
            break
        yield span.start_ns - reached, last, child
        if span.end_ns is None or span.end_ns > reached:
            reached, last = span.end_ns, child
    yield 0, last, last


def _note(case: Case, parent: str, gap: int, before: str, after: str) -> Note:
    message = phrase(
        "{gap} between {before} and {after} without a span",
        gap=duration(gap),
        before=case.name(before),
        after=case.name(after),
    )
    return Note(message, (parent, before, after), values={"gap_ms": round(gap / _MS, 3)})


RULE = Rule("time-gap", Severity.HINT, None, look, {"min-gap-ms": 1_000, "min-share": 0.3})
