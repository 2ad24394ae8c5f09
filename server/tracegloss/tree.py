"""The spans of a trace as the tree they form, with self times and the critical path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct

from tracegloss.model.trace import Span, Trace


class SpanTree(Struct, frozen=True):
    """Spans by id with their children in order of start.

    `roots` are spans without a parent; `orphans` have a parent that the trace lacks, or stand where
    a cycle of parents was cut. `order` is depth first in start order, orphans after the roots.
    """

    spans: Mapping[str, Span]
    children: Mapping[str, tuple[str, ...]]
    roots: tuple[str, ...]
    orphans: tuple[str, ...]
    order: tuple[str, ...]
    parents: Mapping[str, str]
    depths: Mapping[str, int]
    cut_cycles: tuple[str, ...] = ()

    def ancestors(self, span_id: str) -> Iterator[str]:
        """Yield the parents of a span, nearest first."""
        parent = self.parents.get(span_id)
        while parent is not None:
            yield parent
            parent = self.parents.get(parent)

    def descendants(self, span_id: str) -> Iterator[str]:
        """Yield everything below a span, depth first in start order."""
        stack = list(reversed(self.children.get(span_id, ())))
        while stack:
            current = stack.pop()
            yield current
            stack.extend(reversed(self.children.get(current, ())))


def span_tree(trace: Trace) -> SpanTree:
    """Arrange the spans of a trace; parents that form a cycle are cut at their earliest span."""
    spans = {span.span_id: span for span in trace.spans}
    parents = {
        span.span_id: span.parent_id
        for span in trace.spans
        if span.parent_id is not None and span.parent_id in spans
    }
    tree = _arranged(spans, parents, ())
    if len(tree.order) == len(spans):
        return tree
    cut = _cut_cycles(spans, parents)  # what no top leads to stands in a cycle or below one
    return _arranged(spans, parents, cut)


def _arranged(
    spans: Mapping[str, Span], parents: Mapping[str, str], cut: tuple[str, ...]
) -> SpanTree:
    listed: dict[str, list[str]] = {}
    for child, parent in parents.items():
        listed.setdefault(parent, []).append(child)
    children = {parent: tuple(members) for parent, members in listed.items()}
    tops = [span_id for span_id in spans if span_id not in parents]
    roots = tuple(s for s in tops if spans[s].parent_id is None)
    orphans = tuple(s for s in tops if spans[s].parent_id is not None)
    order, depths = _depth_first(roots + orphans, children)
    return SpanTree(spans, children, roots, orphans, order, parents, depths, cut)


def without_spans(tree: SpanTree, hidden: AbstractSet[str]) -> SpanTree:
    """Leave spans out of a tree; what was below them stands below the nearest span left."""
    if not hidden:
        return tree
    parents: dict[str, str] = {}
    listed: dict[str, list[str]] = {}
    tops: list[str] = []
    for span_id in tree.spans:
        if span_id in hidden:
            continue
        above = next((each for each in tree.ancestors(span_id) if each not in hidden), None)
        if above is None:
            tops.append(span_id)
        else:
            parents[span_id] = above
            listed.setdefault(above, []).append(span_id)
    spans = {span_id: span for span_id, span in tree.spans.items() if span_id not in hidden}
    children = {parent: tuple(members) for parent, members in listed.items()}
    apart = frozenset(tree.orphans)
    orphans = tuple(top for top in tops if top in apart)
    roots = tuple(top for top in tops if top not in apart)
    order, depths = _depth_first(roots + orphans, children)
    return SpanTree(spans, children, roots, orphans, order, parents, depths, tree.cut_cycles)


def _cut_cycles(spans: Mapping[str, Span], parents: dict[str, str]) -> tuple[str, ...]:
    """Take the parent from the earliest span of each cycle, and name those spans."""
    settled: set[str] = set()
    cut: list[str] = []
    for start in spans:
        path: dict[str, None] = {}
        current: str | None = start
        while current is not None and current not in settled:
            if current in path:
                cycle = list(path)[list(path).index(current) :]
                earliest = min(cycle, key=lambda span_id: (spans[span_id].start_ns, span_id))
                del parents[earliest]
                cut.append(earliest)
                break
            path[current] = None
            current = parents.get(current)
        settled.update(path)
    return tuple(cut)


def _depth_first(
    tops: tuple[str, ...], children: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[str, ...], dict[str, int]]:
    order: list[str] = []
    depths = dict.fromkeys(tops, 0)
    stack = list(reversed(tops))
    while stack:
        current = stack.pop()
        order.append(current)
        below = children.get(current)
        if below is not None:
            depths.update(dict.fromkeys(below, depths[current] + 1))
            stack.extend(reversed(below))
    return tuple(order), depths


def self_times(tree: SpanTree) -> dict[str, int | None]:
    """Give each span its duration minus the union of its children's intervals, in nanoseconds.

    A span that has not ended has no self time. Parts of children outside their parent do not count.
    """
    return {span_id: _self_time(tree, span_id) for span_id in tree.order}


def _self_time(tree: SpanTree, span_id: str) -> int | None:
    span = tree.spans[span_id]
    children = tree.children.get(span_id)
    if children is None or span.end_ns is None:
        return span.duration_ns
    covered = 0
    reached = span.start_ns
    for child_id in children:
        child = tree.spans[child_id]
        end = min(span.end_ns, span.end_ns if child.end_ns is None else child.end_ns)
        if end > reached:
            covered += end - max(reached, child.start_ns)
            reached = end
    return max(0, span.end_ns - span.start_ns - covered)


def critical_path(tree: SpanTree) -> frozenset[str]:
    """Name the spans that decided when their root ended.

    Walks backwards from each root's end: the child that ended last before the current moment is on
    the path, then the one that ended last before that child's start, and so on, recursively.
    """
    path: set[str] = set()
    stack = [root for root in tree.roots if tree.spans[root].end_ns is not None]
    while stack:
        current = stack.pop()
        path.add(current)
        children = tree.children.get(current)
        if children is None:
            continue
        moment = tree.spans[current].end_ns
        ended = [child for child in children if tree.spans[child].end_ns is not None]
        for child in sorted(ended, key=lambda c: tree.spans[c].end_ns or 0, reverse=True):
            if moment is not None and (tree.spans[child].end_ns or 0) <= moment:
                stack.append(child)
                moment = tree.spans[child].start_ns
    return frozenset(path)
