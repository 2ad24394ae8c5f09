"""What became of the code since the trace was recorded, in words and figures."""

from __future__ import annotations

from collections import Counter

from tracegloss.model.resolution import Freshness
from tracegloss.trace_on_code import SinceTrace, TraceOnCode
from tracegloss.wording.printable import one_line

_WORDS = {
    Freshness.IDENTICAL: "",
    Freshness.MOVED: "moved",
    Freshness.EDITED: "edited",
    Freshness.GONE: "gone",
}
_TODAY = {
    Freshness.IDENTICAL: "this function's text has not changed since the trace.",
    Freshness.MOVED: "this function's text has not changed since the trace; it only moved.",
    Freshness.EDITED: "this function was edited since the trace{where}.",
    Freshness.GONE: "this function is gone since the trace{where}.",
}


def freshness_counts(on_code: TraceOnCode) -> dict[Freshness, int]:
    """Count spans by what became of their function; empty when history was not asked."""
    counted = Counter(since.freshness for since in on_code.since.values())
    return {freshness: counted[freshness] for freshness in Freshness if counted[freshness]}


def deviation(since: SinceTrace | None) -> str:
    """Word a change for the span tree: `moved`, `edited 1ce4efb`, `gone`; unchanged has no word."""
    if since is None:
        return ""
    words = _WORDS[since.freshness]
    return f"{words} {one_line(since.commit)}" if words and since.commit else words


def today(since: SinceTrace) -> str:
    """Say in a sentence how a function stands to what ran."""
    where = f", in {one_line(since.commit)}" if since.commit else ""
    return _TODAY[since.freshness].format(where=where)
