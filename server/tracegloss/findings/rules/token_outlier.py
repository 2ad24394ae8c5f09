"""A model call that read many times more tokens than earlier calls from the same function."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.history import calls_lack, percentile
from tracegloss.findings.rule import Looked, Note, Rule, finding
from tracegloss.model.finding import Finding, Severity
from tracegloss.recorded import phrase


def look(case: Case, rule: Rule) -> Looked:
    """Compare each model call's input tokens with those of earlier calls, if any has many."""
    read = [call.span.tokens for call in case.model_calls]
    if read and not any(read):
        return rule.not_checked("the model calls recorded no tokens")
    least_tokens = rule.threshold(case, "min-tokens")
    if not any(tokens is not None and (tokens.input or 0) >= least_tokens for tokens in read):
        return ()
    earlier: dict[tuple[str, str], list[int]] = {}
    for call in case.around.history:
        if call.input_tokens is not None:
            earlier.setdefault((call.path, call.qualified_name), []).append(call.input_tokens)
    least = round(rule.threshold(case, "min-calls"))
    most = max((len(tokens) for tokens in earlier.values()), default=0)
    if most < least:
        return rule.not_checked(calls_lack(most, least))
    return _outliers(case, rule, earlier, least)


def _outliers(
    case: Case, rule: Rule, earlier: dict[tuple[str, str], list[int]], least: int
) -> Iterator[Finding]:
    for span in (call.span for call in case.model_calls):
        anchor = case.owner(span.span_id)
        entry = case.function(anchor)
        n_tokens = 0 if span.tokens is None else span.tokens.input or 0
        if entry is None or n_tokens < rule.threshold(case, "min-tokens"):
            continue
        usual = earlier.get((entry.function.path, entry.function.qualified_name), [])
        if len(usual) < least:
            continue
        p50 = percentile(usual, 0.5)
        if n_tokens >= rule.threshold(case, "factor") * p50:
            message = phrase(f"{n_tokens:,} input tokens, usually {p50:,}")
            values = {"input_tokens": n_tokens, "p50": p50, "calls": len(usual)}
            yield finding(case, rule, Note(message, (span.span_id,), anchor=anchor, values=values))


RULE = Rule(
    "token-outlier",
    Severity.INFORMATION,
    Severity.INFORMATION,
    look,
    {"min-tokens": 8_000, "factor": 5, "min-calls": 10},
)
