"""Which functions on the path of two traces changed between their commits, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from tracegloss.model.freshness import ChangedIn, ChangedPart
from tracegloss.model.site import FunctionId, Place

How: TypeAlias = Literal["edited", "gone", "new"]
Why: TypeAlias = Literal["first-difference", "other-end", "only-in-one", "input-differs", "on-path"]

_ORDER: tuple[Why, ...] = (
    "first-difference",
    "other-end",
    "only-in-one",
    "input-differs",
    "on-path",
)


class ChangedFunction(Struct, frozen=True):
    """A function on the path whose text differs between the two commits.

    `function` is its identity in the workspace, as the sites of the traces have it. `at` is its
    name as it is now, where it ran when it is gone. `commits` touched it, in order, after the
    earlier commit. `parts` tells what an edit touched. `called_by` are the functions with a span
    that reach it when it makes no span of its own. What is no function is a name at module level,
    and `called_by` are then functions that read it, or that call what does.
    """

    function: FunctionId
    at: Place
    how: How
    commits: tuple[ChangedIn, ...] = ()
    parts: tuple[ChangedPart, ...] = ()
    called_by: tuple[FunctionId, ...] = ()
    is_function: bool = True


class Suspect(Struct, frozen=True):
    """A changed function, why it may matter, and the rows of the merged tree it may explain."""

    changed: ChangedFunction
    why: Why
    rows: tuple[int, ...]


def suspects(
    changed: Iterable[ChangedFunction],
    rows_of: Mapping[FunctionId, Sequence[int]],
    whys: Mapping[int, Why],
) -> tuple[Suspect, ...]:
    """Order changed functions by what happened on their rows; ties in the order of the rows.

    `whys` says of each row that is not alike what is odd about it.
    """
    found = [_suspect(each, rows_of, whys) for each in changed]
    return tuple(sorted(found, key=_rank))


def _suspect(
    changed: ChangedFunction,
    rows_of: Mapping[FunctionId, Sequence[int]],
    whys: Mapping[int, Why],
) -> Suspect:
    functions = (changed.function, *changed.called_by)
    rows = sorted({row for function in functions for row in rows_of.get(function, ())})
    seen: list[Why] = [whys.get(row, "on-path") for row in rows]
    why = min(seen, key=_ORDER.index) if seen else "on-path"
    return Suspect(changed, why, tuple(row for row in rows if whys.get(row, "on-path") == why))


def _rank(suspect: Suspect) -> tuple[int, bool, bool, int, str, int]:
    """Rank a function that makes the span itself before one that it calls, or a name it reads.

    Names that no function on the path reads come last.
    """
    place = suspect.changed.at
    first = suspect.rows[0] if suspect.rows else 1 << 30
    is_called = bool(suspect.changed.called_by)
    is_unread = not suspect.changed.is_function and not is_called
    return (
        _ORDER.index(suspect.why),
        is_unread,
        is_called,
        first,
        place.path,
        place.range.start.line,
    )
