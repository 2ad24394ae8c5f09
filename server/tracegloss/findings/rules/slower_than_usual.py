"""A call that took much longer than earlier calls of the same unchanged function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from tracegloss.findings.case import Case
from tracegloss.findings.history import calls_lack, percentile
from tracegloss.findings.rule import Looked, Note, Rule, finding
from tracegloss.findings.wording import duration
from tracegloss.model.finding import Finding, Severity
from tracegloss.recorded import phrase

_MS = 1_000_000


Key: TypeAlias = tuple[str, str, str]
"""A function's path, qualified name and hash of its text."""


def look(case: Case, rule: Rule) -> Looked:
    """Compare the slowest call of each function with its earlier calls.

    A call that took less than what one must lie above the usual needs no comparison.
    """
    least_ns = rule.threshold(case, "min-above-ms") * _MS
    slowest = _slowest(case, least_ns)
    if not slowest:
        return ()
    earlier = _earlier(case)
    least = round(rule.threshold(case, "min-calls"))
    most = max((len(durations) for durations in earlier.values()), default=0)
    if most < least:
        return rule.not_checked(calls_lack(most, least))
    return _slower(case, rule, slowest, earlier)


def _slowest(case: Case, least_ns: float) -> dict[Key, tuple[int, str]]:
    slowest: dict[Key, tuple[int, str]] = {}
    for span in case.trace.spans:
        taken_ns = span.duration_ns
        entry = None if taken_ns is None or taken_ns < least_ns else case.function(span.span_id)
        if entry is not None and taken_ns is not None:
            key = (entry.function.path, entry.function.qualified_name, entry.text_hash)
            slowest[key] = max(slowest.get(key, (0, "")), (taken_ns, span.span_id))
    return slowest


def _earlier(case: Case) -> dict[Key, list[int]]:
    durations: dict[Key, list[int]] = {}
    for call in case.around.history:
        if call.duration_ns is not None and call.text_hash is not None:
            key = (call.path, call.qualified_name, call.text_hash)
            durations.setdefault(key, []).append(call.duration_ns)
    return durations


def _slower(
    case: Case, rule: Rule, slowest: dict[Key, tuple[int, str]], earlier: dict[Key, list[int]]
) -> Iterator[Finding]:
    for key, (taken, span_id) in slowest.items():
        durations = earlier.get(key, [])
        if len(durations) < round(rule.threshold(case, "min-calls")):
            continue
        p50, p95 = percentile(durations, 0.5), percentile(durations, 0.95)
        above = rule.threshold(case, "min-above-ms") * _MS
        if taken > max(rule.threshold(case, "factor") * p50, p95) and taken - p50 >= above:
            yield finding(case, rule, _note(span_id, taken, p50, p95, len(durations)))


def _note(span_id: str, taken: int, p50: int, p95: int, n: int) -> Note:
    message = phrase(
        "{taken}, usually {p50} (p95 {p95}, {n} calls)",
        taken=duration(taken),
        p50=duration(p50),
        p95=duration(p95),
        n=n,
    )
    values = {"ms": taken / _MS, "p50_ms": p50 / _MS, "p95_ms": p95 / _MS, "calls": n}
    return Note(message, (span_id,), values=values)


RULE = Rule(
    "slower-than-usual",
    Severity.WARNING,
    Severity.WARNING,
    look,
    {"min-calls": 20, "factor": 2, "min-above-ms": 500},
)
