"""Which rows of a merged tree are written where there are too many to write them all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracegloss.compare.alignment import Row
from tracegloss.compare.comparison import Comparison

MOST_ROWS = 1_000


def kept_rows(comparison: Comparison, *, everything: bool) -> list[int]:
    """Choose at most a thousand rows, each with those above it; all with `everything`.

    What differs comes before what is alike: the first difference, the rows of suspects, spans of
    one trace alone, then differences in order. What room is left is for the first of the others.
    """
    rows = comparison.rows
    if everything or len(rows) <= MOST_ROWS:
        return list(range(len(rows)))
    above = _above(rows)
    kept: set[int] = set()
    for number in (*_telling(comparison), *range(len(rows))):
        if len(kept) == MOST_ROWS:
            break
        branch = {number, *_ancestors(number, above)} - kept
        if len(kept) + len(branch) <= MOST_ROWS:
            kept |= branch
    return sorted(kept)


def _telling(comparison: Comparison) -> Iterator[int]:
    if comparison.first is not None:
        yield comparison.first
    yield from (suspect.rows[0] for suspect in comparison.suspects if suspect.rows)
    for number, row in enumerate(comparison.rows):
        if row.before is None or row.after is None:
            yield number
    for number, found in comparison.differences.items():
        if found.is_any:
            yield number


def _above(rows: Sequence[Row]) -> list[int | None]:
    """Give the row above each."""
    found: list[int | None] = []
    open_rows: list[int] = []
    for number, row in enumerate(rows):
        del open_rows[row.depth :]
        found.append(open_rows[-1] if open_rows else None)
        open_rows.append(number)
    return found


def _ancestors(number: int, above: Sequence[int | None]) -> Iterator[int]:
    around = above[number]
    while around is not None:
        yield around
        around = above[around]
