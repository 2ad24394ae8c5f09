"""Aligns the spans of two traces: by the line that made them, then by name, each in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from tracegloss.model.resolution import Freshness, Resolved
from tracegloss.model.site import Place
from tracegloss.reveal import reveal
from tracegloss.trace_on_code import TraceOnCode

MOST_RAILS = 12

Key = Hashable
KeyOf = Callable[[str], Key | None]


class Row(Struct, frozen=True):
    """One span of either trace, or two that correspond, in the merged tree.

    `depth` counts the spans above. `rails` says for the first levels above whether more rows of
    that level follow. `moved` spans correspond although they lie under spans that do not.
    """

    before: str | None
    after: str | None
    depth: int = 0
    rails: tuple[bool, ...] = ()
    is_last: bool = True
    moved: bool = False


class _Side(Struct, frozen=True):
    """One trace with the keys of its spans."""

    on_code: TraceOnCode
    sites: Mapping[str, Key]

    def tops(self) -> tuple[str, ...]:
        return (*self.on_code.tree.roots, *self.on_code.tree.orphans)

    def children(self, span_id: str | None) -> tuple[str, ...]:
        return () if span_id is None else tuple(self.on_code.tree.children.get(span_id, ()))

    def name(self, span_id: str) -> str:
        return reveal(self.on_code.tree.spans[span_id].name)


class _Pairs(Struct):
    """Spans of `before` to those of `after`, and back."""

    forth: dict[str, str] = field(default_factory=dict)
    back: dict[str, str] = field(default_factory=dict)

    def put(self, before: str, after: str) -> None:
        self.forth[before], self.back[after] = after, before


def align(before: TraceOnCode, after: TraceOnCode) -> tuple[Row, ...]:
    """Merge the trees of two traces, depth first in the order of `after`.

    Children of corresponding spans correspond when their site is the same, the n-th of `before`
    with the n-th of `after`; then when their name is. What is left corresponds by site wherever it
    lies. Spans of `before` alone stand behind the sibling that they followed.
    """
    old, new = _side(before), _side(after)
    pairs = _Pairs()
    _descend(old, new, pairs, [(old.tops(), new.tops())])
    _adopt(old, new, pairs)
    return tuple(_rows(old, new, pairs))


def _side(on_code: TraceOnCode) -> _Side:
    sites = {
        span_id: _key_of(resolution.site.at)
        for span_id, resolution in on_code.correlation.resolutions.items()
        if isinstance(resolution, Resolved) and not _is_gone(on_code, span_id)
    }
    return _Side(on_code, sites)


def _key_of(at: Place) -> Key:
    return at.repository, at.path, at.cell, at.range.start.line, at.range.start.column


def _is_gone(on_code: TraceOnCode, span_id: str) -> bool:
    since = on_code.since.get(span_id)
    return since is not None and since.freshness is Freshness.GONE


def _descend(
    old: _Side,
    new: _Side,
    pairs: _Pairs,
    levels: list[tuple[tuple[str, ...], tuple[str, ...]]],
) -> None:
    """Pair two lists of siblings, then the children of every pair."""
    while levels:
        ours, theirs = levels.pop()
        found = [*_by_key(ours, theirs, pairs, old.sites.get, new.sites.get)]
        found += _by_key(ours, theirs, pairs, old.name, new.name)
        found += _only_roots(ours, theirs, old, pairs)
        levels += [(old.children(one), new.children(other)) for one, other in found]


def _by_key(
    ours: Sequence[str], theirs: Sequence[str], pairs: _Pairs, key: KeyOf, other_key: KeyOf
) -> Iterator[tuple[str, str]]:
    waiting: dict[Key, deque[str]] = {}
    for span_id in theirs:
        found = other_key(span_id)
        if span_id not in pairs.back and found is not None:
            waiting.setdefault(found, deque()).append(span_id)
    for span_id in ours:
        queue = waiting.get(key(span_id)) if span_id not in pairs.forth else None
        if queue:
            other = queue.popleft()
            pairs.put(span_id, other)
            yield span_id, other


def _only_roots(
    ours: Sequence[str], theirs: Sequence[str], old: _Side, pairs: _Pairs
) -> Iterator[tuple[str, str]]:
    """Pair the roots of two traces that have one each: there is nothing else either could be."""
    if ours == old.tops() and len(ours) == len(theirs) == 1 and ours[0] not in pairs.forth:
        pairs.put(ours[0], theirs[0])
        yield ours[0], theirs[0]


def _adopt(old: _Side, new: _Side, pairs: _Pairs) -> None:
    """Pair spans of one site that lie under spans which do not correspond."""
    waiting: dict[Key, deque[str]] = {}
    for span_id in new.on_code.tree.order:
        if span_id not in pairs.back and span_id in new.sites:
            waiting.setdefault(new.sites[span_id], deque()).append(span_id)
    for span_id in old.on_code.tree.order:
        queue = waiting.get(old.sites[span_id]) if span_id in old.sites else None
        while queue and queue[0] in pairs.back:
            queue.popleft()
        if queue and span_id not in pairs.forth:
            other = queue.popleft()
            pairs.put(span_id, other)
            _descend(old, new, pairs, [(old.children(span_id), new.children(other))])


def _rows(old: _Side, new: _Side, pairs: _Pairs) -> Iterator[Row]:
    tops = _merged(old.tops(), new.tops(), pairs)
    stack = [Row(*top, 0, (), is_last) for top, is_last in _marked(tops)][::-1]
    while stack:
        row = stack.pop()
        yield _with_move(row, old, new, pairs)
        below = _merged(old.children(row.before), new.children(row.after), pairs)
        rails = (*row.rails, not row.is_last)[:MOST_RAILS]
        depth = row.depth + 1
        stack += [Row(*child, depth, rails, is_last) for child, is_last in _marked(below)][::-1]


def _merged(
    ours: Iterable[str], theirs: Iterable[str], pairs: _Pairs
) -> list[tuple[str | None, str | None]]:
    """List siblings in the order of `after`, those of `before` alone behind whom they followed."""
    merged: list[tuple[str | None, str | None]] = [(pairs.back.get(s), s) for s in theirs]
    place = {before: n for n, (before, _) in enumerate(merged) if before is not None}
    behind: dict[int, list[tuple[str | None, str | None]]] = {}
    at = -1
    for span_id in ours:
        at = place.get(span_id, at)
        if span_id not in pairs.forth:
            behind.setdefault(at, []).append((span_id, None))
    rows = list(behind.get(-1, ()))
    for number, pair in enumerate(merged):
        rows += [pair, *behind.get(number, ())]
    return rows


def _marked(
    rows: Sequence[tuple[str | None, str | None]],
) -> list[tuple[tuple[str | None, str | None], bool]]:
    return [(row, number == len(rows) - 1) for number, row in enumerate(rows)]


def _with_move(row: Row, old: _Side, new: _Side, pairs: _Pairs) -> Row:
    if row.before is None or row.after is None:
        return row
    above = old.on_code.tree.parents.get(row.before)
    below = new.on_code.tree.parents.get(row.after)
    is_same = below is None if above is None else pairs.forth.get(above) == below
    return row if is_same else replace(row, moved=True)
