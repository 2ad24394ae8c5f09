"""The one function in which most of a slow trace's time passed."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.wording import duration
from tracegloss.model.finding import Finding, Severity
from tracegloss.recorded import phrase

_MS = 1_000_000
_MODELS = frozenset({"LLM", "CHAT_MODEL", "EMBEDDING"})


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report the span with the most time of its own, when that is long and a large share."""
    trace_ns = case.duration_ns()
    if trace_ns < rule.threshold(case, "min-trace-ms") * _MS:
        return
    slow = [s for s in case.tree.order if _is_slow(case, rule, s, trace_ns)]
    if slow:
        yield finding(case, rule, _note(case, max(slow, key=lambda s: own_ns(case, s)), trace_ns))


def own_ns(case: Case, span_id: str) -> int:
    """Return a span's self time; of a root, without the time before its first child.

    MLflow's own start-up happens there, in the first trace of a process.
    """
    self_ns = case.self_ns.get(span_id) or 0
    children = case.tree.children.get(span_id, ())
    if span_id not in case.tree.roots or not children:
        return self_ns
    first = min(case.spans[child].start_ns for child in children)
    return max(0, self_ns - max(0, first - case.spans[span_id].start_ns))


def _is_slow(case: Case, rule: Rule, span_id: str, trace_ns: int) -> bool:
    prefix = "model-" if case.type(span_id) in _MODELS else ""
    self_ns = own_ns(case, span_id)
    return (
        self_ns >= rule.threshold(case, f"{prefix}min-self-ms") * _MS
        and self_ns >= rule.threshold(case, f"{prefix}min-share") * trace_ns
    )


def _note(case: Case, span_id: str, trace_ns: int) -> Note:
    self_ns = own_ns(case, span_id)
    share = round(100 * self_ns / trace_ns)
    message = phrase(
        "{self} of {trace} spent in this function itself ({share} %)",
        self=duration(self_ns),
        trace=duration(trace_ns),
        share=share,
    )
    values = {
        "self_ms": round(self_ns / _MS, 3),
        "trace_ms": round(trace_ns / _MS, 3),
        "share": share,
    }
    return Note(message, (span_id,), values=values)


RULE = Rule(
    "slow-span",
    Severity.INFORMATION,
    Severity.INFORMATION,
    look,
    {
        "min-self-ms": 1_000,
        "min-share": 0.3,
        "min-trace-ms": 2_000,
        "model-min-self-ms": 10_000,
        "model-min-share": 0.5,
    },
)
