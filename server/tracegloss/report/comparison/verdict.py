"""What a reader should take from a comparison first, and no stronger than the evidence."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tracegloss.compare.comparison import Comparison
from tracegloss.compare.suspects import Suspect
from tracegloss.model.site import Place
from tracegloss.report.comparison.words import (
    between_words,
    function_name,
    place_of,
    span_of,
)
from tracegloss.report.text.standing import short
from tracegloss.wording.display import Display
from tracegloss.wording.printable import one_line


class ComparisonVerdict(Struct, frozen=True):
    """`likely` names a changed function with reasons, `unknown` says that nothing points at one.

    Everything is redacted and printable.
    """

    certainty: Literal["likely", "unknown"]
    summary: str
    start_at: Place | None = None
    function: str = ""
    reasons: tuple[str, ...] = ()


def comparison_verdict(comparison: Comparison, display: Display) -> ComparisonVerdict:
    """Judge a comparison by where equal input first led to another end."""
    asked = _asked(comparison)
    if comparison.first is None:
        return ComparisonVerdict("unknown", f"{asked}{_without_first(comparison)}")
    row = comparison.rows[comparison.first]
    name = display.name(span_of(comparison, row).name)
    first = f"{name} is the first span that ended differently although its input is the same."
    prime = _prime(comparison)
    if prime is None:
        where, function = place_of(comparison, row), function_name(comparison, row)
        reason = _no_change(comparison, display)
        return ComparisonVerdict("unknown", f"{asked}{first}", where, function, (reason,))
    changed = prime.changed
    reasons = (first, _edited(prime, display), *_called(prime))
    summary = f"{asked}Code on its path changed between {between_words(comparison, display)}."
    function = one_line(changed.function.qualified_name)
    return ComparisonVerdict("likely", summary, changed.at, function, reasons)


def _prime(comparison: Comparison) -> Suspect | None:
    return next((s for s in comparison.suspects if s.why == "first-difference"), None)


def _asked(comparison: Comparison) -> str:
    """Tell when the runs were asked different things: then much of the rest follows from it."""
    top = comparison.differences.get(0)
    return "" if top is None or "inputs" not in top.changes else "The inputs of the runs differ. "


def _without_first(comparison: Comparison) -> str:
    changed = [found for found in comparison.differences.values() if found.changes]
    alone = sum(row.before is None or row.after is None for row in comparison.rows)
    if not changed and not alone:
        return "The runs correspond span by span and differ in times at most."
    return "No span ended differently on the same input: what differs came from what it was given."


def _no_change(comparison: Comparison, display: Display) -> str:
    if comparison.commits.unknown:
        return f"Whether its code changed is not known: {display.ours(comparison.commits.unknown)}."
    if comparison.commits.before == comparison.commits.after:
        return "Both ran at the same commit: a model, data or chance may differ."
    words = between_words(comparison, display)
    return f"Its function, and those it calls, are the same at {words}: a model or data may differ."


def _edited(prime: Suspect, display: Display) -> str:
    changed = prime.changed
    name = one_line(changed.function.qualified_name)
    how = {"edited": "edited", "gone": "removed", "new": "added"}[changed.how]
    commits = ", ".join(short(commit.commit, display) for commit in changed.commits[:3])
    parts = f" ({', '.join(changed.parts)})" if changed.parts else ""
    where = f" in {commits}" if commits else ""
    return f"{name} was {how}{where}{parts} between the two runs."


def _called(prime: Suspect) -> tuple[str, ...]:
    if not prime.changed.called_by:
        return ()
    callers = ", ".join(one_line(f.qualified_name) for f in prime.changed.called_by[:3])
    if not prime.changed.is_function:
        return (f"It stands at module level; {callers} can read it.",)
    return (f"It makes no span of its own; {callers} can reach it.",)
