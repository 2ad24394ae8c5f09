"""The span tree as a reader sees it: without library spans, equal siblings in one row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TypeAlias

from msgspec import Struct, field

from tracegloss.model.finding import Severity
from tracegloss.model.resolution import Ambiguous, Resolution, Resolved, Unresolved
from tracegloss.trace_on_code import TraceOnCode

_CROWDED = 12
"""With more rows than this under one parent, equal siblings fold wherever they stand."""

DEEPEST_RAIL = 24
"""Levels of a row whose rails are kept; what lies above is told by the row's depth."""

Group: TypeAlias = tuple[str, ...]


class Row(Struct, frozen=True):
    """One row: its spans (one, or equal siblings), its depth, and whether it ends its level.

    `rails` tells for the levels above, innermost last, whether that level goes on below the row.
    """

    span_ids: Group
    depth: int
    is_last: bool
    rails: tuple[bool, ...]

    @property
    def first(self) -> str:
        """Return the span that stands for the row."""
        return self.span_ids[0]


class FoldedTree(Struct, frozen=True):
    """Groups of equal spans and the groups below each, and the library spans taken out."""

    tops: tuple[Group, ...]
    below: Mapping[str, tuple[Group, ...]]
    hidden: frozenset[str]

    def children(self, group: Group) -> list[Group]:
        """Return the groups below a group: those of its members side by side."""
        if len(group) == 1:
            return list(self.below.get(group[0], ()))
        columns = [self.below.get(member, ()) for member in group]
        return [tuple(chain.from_iterable(side)) for side in zip(*columns, strict=True)]


class _Shapes(Struct):
    """Numbers for equal subtrees, so that comparing two costs nothing.

    Equal spans share one resolution, so that most are numbered by what they are and not by what
    they hold.
    """

    numbers: dict[object, int] = field(default_factory=dict)
    landings: dict[int, int] = field(default_factory=dict)

    def number(self, key: object) -> int:
        return self.numbers.setdefault(key, len(self.numbers))

    def landing(self, resolution: Resolution) -> int:
        known = self.landings.get(id(resolution))
        if known is None:
            known = self.landings[id(resolution)] = self.number(_landing(resolution))
        return known


def fold(
    on_code: TraceOnCode, marks: Mapping[str, Severity], *, everything: bool = False
) -> FoldedTree:
    """Take library spans out (their children move up) and fold equal siblings.

    Marked spans, those with tokens and those at the top stay. With `everything`
    nothing is hidden or folded.
    """
    hidden = frozenset() if everything else _plumbing(on_code, marks)
    children, tops = _visible(on_code, hidden)
    if everything:
        singles = {parent: tuple((c,) for c in below) for parent, below in children.items()}
        return FoldedTree(tuple((top,) for top in tops), singles, hidden)
    shapes = _Shapes()
    numbers: dict[str, int] = {}
    below: dict[str, tuple[Group, ...]] = {}
    for span_id in reversed(on_code.tree.order):
        if span_id in hidden:
            continue
        groups = _grouped(children.get(span_id, ()), numbers)
        if groups:
            below[span_id] = groups
        shape = tuple((numbers[group[0]], len(group)) for group in groups)
        landing = shapes.landing(on_code.correlation.resolutions[span_id])
        own = _appearance(on_code, span_id, landing, marks.get(span_id))
        numbers[span_id] = shapes.number((own, shape))
    return FoldedTree(tuple((top,) for top in tops), below, hidden)


def rows(tree: FoldedTree) -> Iterator[Row]:
    """Yield the rows depth first, as they are printed."""
    stack = [Row(top, 0, number == len(tree.tops) - 1, ()) for number, top in enumerate(tree.tops)][
        ::-1
    ]
    while stack:
        row = stack.pop()
        yield row
        groups = tree.children(row.span_ids)
        rails = (*row.rails, not row.is_last)[-DEEPEST_RAIL:] if row.depth else ()
        stack.extend(
            Row(group, row.depth + 1, number == len(groups) - 1, rails)
            for number, group in reversed(list(enumerate(groups)))
        )


def _plumbing(on_code: TraceOnCode, marks: Mapping[str, Severity]) -> frozenset[str]:
    tops = {*on_code.tree.roots, *on_code.tree.orphans}
    return frozenset(
        span_id
        for span_id, resolution in on_code.correlation.resolutions.items()
        if isinstance(resolution, Unresolved)
        and resolution.reason in {"library", "mlflow"}
        and span_id not in tops
        and span_id not in marks
        and on_code.tree.spans[span_id].tokens is None
    )


def _visible(
    on_code: TraceOnCode, hidden: frozenset[str]
) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    tree = on_code.tree
    shown_under: dict[str, str] = {}
    children: dict[str, list[str]] = {}
    for span_id in tree.order:
        parent = tree.parents.get(span_id)
        if parent is None:
            continue
        above = shown_under[parent] if parent in hidden else parent
        shown_under[span_id] = above
        if span_id not in hidden:
            children.setdefault(above, []).append(span_id)
    return children, tree.roots + tree.orphans


def _grouped(span_ids: list[str] | tuple[()], numbers: Mapping[str, int]) -> tuple[Group, ...]:
    groups: list[list[str]] = []
    for span_id in span_ids:
        if groups and numbers[groups[-1][0]] == numbers[span_id]:
            groups[-1].append(span_id)
        else:
            groups.append([span_id])
    if len(groups) > _CROWDED:
        gathered: dict[int, list[str]] = {}
        for group in groups:
            gathered.setdefault(numbers[group[0]], []).extend(group)
        groups = list(gathered.values())
    return tuple(tuple(group) for group in groups)


def _appearance(on_code: TraceOnCode, span_id: str, landing: int, mark: Severity | None) -> object:
    span = on_code.tree.spans[span_id]
    unmarked_alone = None if mark is None else (mark, span_id)
    changed = on_code.since.get(span_id)
    return span.name, span.type, landing, changed, unmarked_alone, span.end_ns is None


def _landing(resolution: Resolution) -> tuple[object, ...]:
    match resolution:
        case Resolved(site=site, confidence=confidence):
            return site.at, confidence
        case Ambiguous(candidates=candidates):
            return tuple(candidate.site.at for candidate in candidates)
        case Unresolved(reason=reason):
            return (reason,)
