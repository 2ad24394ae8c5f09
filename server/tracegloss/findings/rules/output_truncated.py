"""A model that stopped in mid-sentence because its output was limited."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.model.finding import Finding, Severity
from tracegloss.recorded import Phrase, phrase


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report model calls whose provider says that the length limit ended them."""
    for call in case.model_calls:
        span = call.span
        if call.is_truncated:
            n_tokens = None if span.tokens is None else span.tokens.output
            values = {} if n_tokens is None else {"output_tokens": n_tokens}
            anchor = case.owner(span.span_id)
            note = Note(_message(n_tokens), (span.span_id,), anchor=anchor, values=values)
            yield finding(case, rule, note)


def _message(n_tokens: int | None) -> Phrase:
    message = phrase("The model stopped at its length limit")
    return message if n_tokens is None else message + phrase(f" ({n_tokens:,} output tokens)")


RULE = Rule("output-truncated", Severity.WARNING, Severity.WARNING, look)
