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
        for group in _equal_calls(case, children):
            if len(group) >= least:
                yield finding(case, rule, _note(case, group))


def _equal_calls(case: Case, children: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    by_inputs: dict[tuple[RecordedText, str | None], list[str]] = {}
    for child in children:
        span = case.spans[child]
        if says_something(span.inputs):
            by_inputs.setdefault((span.name, canonical(span.inputs)), []).append(child)
    for group in by_inputs.values():
        spans = [case.spans[child] for child in group]
        results = {canonical(span.outputs) for span in spans}
        failed = any(span.status is SpanStatus.ERROR for span in spans)
        if len(results) == 1 and says_something(spans[0].outputs) and not failed:
            yield tuple(group)


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
