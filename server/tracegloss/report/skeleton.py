"""Chooses the rows of a large span tree that are worth their place, and counts the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from msgspec import Struct

from tracegloss.report.folding import Row


class Gap(Struct, frozen=True):
    """Rows left out between two printed ones: how many spans, at which depth."""

    n_spans: int
    depth: int


Skeleton: TypeAlias = list[Row | Gap]


def skeleton(rows: Sequence[Row], limit: int, urgent: Callable[[Row], bool]) -> Skeleton:
    """Keep at most `limit` rows: urgent ones with what leads to them, then from the top down."""
    if len(rows) <= limit:
        return list(rows)
    parents = _parents(rows)
    ranked = sorted(
        range(len(rows)), key=lambda number: (not urgent(rows[number]), rows[number].depth, number)
    )
    kept: set[int] = set()
    for number in ranked:
        path = _missing_path(number, parents, kept)
        if len(kept) + len(path) <= limit:
            kept.update(path)
        if len(kept) == limit:
            break
    return _with_gaps(rows, kept)


def _parents(rows: Sequence[Row]) -> list[int]:
    parents: list[int] = []
    at_depth: dict[int, int] = {}
    for number, row in enumerate(rows):
        parents.append(at_depth[row.depth - 1] if row.depth else -1)
        at_depth[row.depth] = number
    return parents


def _missing_path(number: int, parents: Sequence[int], kept: set[int]) -> list[int]:
    path: list[int] = []
    while number != -1 and number not in kept:
        path.append(number)
        number = parents[number]
    return path


def _with_gaps(rows: Sequence[Row], kept: set[int]) -> Skeleton:
    shown: Skeleton = []
    for number, row in enumerate(rows):
        last = shown[-1] if shown else None
        if number in kept:
            shown.append(row)
        elif isinstance(last, Gap):
            shown[-1] = Gap(last.n_spans + len(row.span_ids), min(last.depth, row.depth))
        else:
            shown.append(Gap(len(row.span_ids), row.depth))
    return shown
