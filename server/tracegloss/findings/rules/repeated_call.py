"""The same call with the same inputs and the same result, again and again under one parent."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.values import canonical, says_something
from tracegloss.findings.wording import duration
from tracegloss.model.finding import Finding, Severity
from tracegloss.model.resolution import Ambiguous, Resolved
from tracegloss.model.site import Place
from tracegloss.model.trace import SpanStatus
from tracegloss.recorded import RecordedText, phrase


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report groups of equal calls with something in and out, none of which failed."""
    least = rule.threshold(case, "min-calls")
    for children in case.tree.children.values():
        if len(children) < least:
            continue
        for group in _equal_calls(case, children, least):
            yield finding(case, rule, _note(case, group))


def _equal_calls(case: Case, children: tuple[str, ...], least: float) -> Iterator[tuple[str, ...]]:
    by_name: dict[RecordedText, list[str]] = {}
    for child in children:
        by_name.setdefault(case.name(child), []).append(child)
    for namesakes in by_name.values():
        by_inputs: dict[str | None, list[str]] = {}
        for child in namesakes if len(namesakes) >= least else ():
            by_inputs.setdefault(canonical(case.spans[child].inputs), []).append(child)
        yield from (tuple(g) for g in by_inputs.values() if len(g) >= least and _is_vain(case, g))


def _is_vain(case: Case, group: list[str]) -> bool:
    """Tell calls that said something, got the same said, and did not fail."""
    first = case.spans[group[0]]
    results = {canonical(case.spans[child].outputs) for child in group}
    failed = any(case.spans[child].status is SpanStatus.ERROR for child in group)
    said = says_something(first.inputs) and says_something(first.outputs)
    return said and len(results) == 1 and not failed


def _note(case: Case, group: tuple[str, ...]) -> Note:
    total = sum(case.spans[span_id].duration_ns or 0 for span_id in group)
    message = phrase(
        "Called {n} times with the same inputs, same result; {total} in all",
        n=len(group),
        total=duration(total),
    )
    values = {"calls": len(group), "total_ms": round(total / 1e6, 3)}
    return Note(message, group, place=_call(case, group[0]), values=values)


def _call(case: Case, span_id: str) -> Place | None:
    resolution = case.correlation.resolutions.get(span_id)
    return resolution.called_from if isinstance(resolution, Resolved | Ambiguous) else None


RULE = Rule("repeated-call", Severity.INFORMATION, Severity.INFORMATION, look, {"min-calls": 3})
