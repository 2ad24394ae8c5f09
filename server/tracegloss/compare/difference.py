"""What differs between two spans that correspond."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from tracegloss.compare.volatile import steady
from tracegloss.model.trace import Span, SpanStatus, Tokens
from tracegloss.recorded import RecordedText, RecordedValue
from tracegloss.reveal import reveal

Change: TypeAlias = Literal["fails", "passes", "exception", "inputs", "outputs", "model", "tokens"]
Pace: TypeAlias = Literal["slower", "faster", "alike"]

LEAST_NS = 10_000_000
LEAST_RATIO = 1.5


class Difference(Struct, frozen=True):
    """What changed from one run of a span to the other.

    `fails` and `passes` say that only the later, or only the earlier run ended in an error.
    `pace` compares the durations: at least half as long again, and 10 ms, is slower.
    """

    changes: tuple[Change, ...] = ()
    pace: Pace = "alike"

    @property
    def is_any(self) -> bool:
        """Tell whether anything is worth a row of its own."""
        return bool(self.changes) or self.pace != "alike"

    @property
    def is_divergence(self) -> bool:
        """Tell whether equal input led to another end: the first of them is where to look."""
        ended = {"fails", "passes", "exception", "outputs"}.intersection(self.changes)
        return bool(ended) and "inputs" not in self.changes


def difference(before: Span, after: Span) -> Difference:
    """Compare two runs of what is one span."""
    failed, fails = before.status is SpanStatus.ERROR, after.status is SpanStatus.ERROR
    found: dict[Change, bool] = {
        "fails": fails and not failed,
        "passes": failed and not fails,
        "exception": failed and fails and _raised(before) != _raised(after),
        "inputs": not _is_same(before.inputs, after.inputs),
        "outputs": not _is_same(before.outputs, after.outputs),
        "model": _text(before.model) != _text(after.model),
        "tokens": _counts(before.tokens) != _counts(after.tokens),
    }
    return Difference(tuple(c for c, is_so in found.items() if is_so), _pace(before, after))


def _pace(before: Span, after: Span) -> Pace:
    if before.duration_ns is None or after.duration_ns is None:
        return "alike"
    low, high = sorted((before.duration_ns, after.duration_ns))
    if high - low < LEAST_NS or high < LEAST_RATIO * low:
        return "alike"
    return "slower" if after.duration_ns == high else "faster"


def _raised(span: Span) -> tuple[str, str] | None:
    if not span.exceptions:
        return None
    last = span.exceptions[-1]
    return reveal(last.type), str(steady(reveal(last.message)))


def _is_same(one: RecordedValue | None, other: RecordedValue | None) -> bool:
    if one is None or other is None:
        return one is other
    old, new = reveal(one), reveal(other)
    return old == new or steady(old) == steady(new)


def _text(recorded: RecordedText | None) -> str | None:
    return None if recorded is None else reveal(recorded)


def _counts(tokens: Tokens | None) -> tuple[int | None, int | None] | None:
    return None if tokens is None else (tokens.input, tokens.output)
