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
    least_ns, least_model_ns = (_least_ns(case, rule, kind, trace_ns) for kind in ("", "model-"))
    least_of_all_ns = min(least_ns, least_model_ns)
    slow = [
        span_id
        for span_id, self_ns in case.self_ns.items()
        if (self_ns or 0) >= least_of_all_ns
        and own_ns(case, span_id) >= (least_model_ns if case.type(span_id) in _MODELS else least_ns)
    ]
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


def _least_ns(case: Case, rule: Rule, kind: str, trace_ns: int) -> float:
    """Return the self time from which a span is slow; `kind` begins the names of thresholds."""
    least_ns = rule.threshold(case, f"{kind}min-self-ms") * _MS
    return max(least_ns, rule.threshold(case, f"{kind}min-share") * trace_ns)


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
