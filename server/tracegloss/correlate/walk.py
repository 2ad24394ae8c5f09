"""The walk over a trace from the top down that settles equal subtrees once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from tracegloss.correlate import weights
from tracegloss.correlate.alignment import Course, Vector
from tracegloss.correlate.assign import Assignment
from tracegloss.correlate.joint import Parent
from tracegloss.correlate.settle import Settler
from tracegloss.model.resolution import Resolution
from tracegloss.recorded import Phrase
from tracegloss.tree import SpanTree

MOST_SHARED = 1000
"""Subtrees of more spans are walked again each time: keeping them costs more than it saves."""

_ALONE = (-1, -1)

SettledSubtrees: TypeAlias = dict[tuple[object, ...], tuple[Resolution, ...]]
"""The resolutions of subtrees in the order of their spans, by shape and circumstances."""


class _Context(Struct):
    """A span whose children are being walked, and how far they are."""

    parent: Parent | None
    course: Course | None
    standings: tuple[Vector, ...]
    position: int = 0


def settle_all(
    tree: SpanTree,
    assignment: Assignment,
    settler: Settler,
    doubts: Mapping[str, Phrase],
    shared: SettledSubtrees,
) -> dict[str, Resolution]:
    """Settle every span with what its parent turned out to be, in the order of the tree.

    `shared` has what was settled before in the same search, and takes in what is settled now.
    """
    order, parents, shape_of = tree.order, tree.parents, assignment.shape_of
    results: list[Resolution] = []
    contexts: dict[str, _Context] = {}
    open_subtrees: list[tuple[int, int, tuple[object, ...]]] = []
    while (start := len(results)) < len(order):
        span_id = order[start]
        shape = shape_of[span_id]
        parent_id = parents.get(span_id)
        context = None if parent_id is None else contexts[parent_id]
        standing, parent, around = _around(assignment, shape, context)
        key = (shape, standing, parent, around, doubts.get(span_id))
        known = shared.get(key)
        if known is None:
            position = 0 if context is None else context.position
            settled = settler.settle(shape, standing, parent, position, doubts.get(span_id))
            results.append(settled.resolution)
            size = assignment.sizes[shape]
            if size > 1:
                below = Parent(shape, settled.site, settled.confidence, settled.called_from)
                contexts[span_id] = _context(assignment, shape, standing, below)
            if size <= MOST_SHARED:
                open_subtrees.append((start + size, start, key))
        else:
            results.extend(known)
        if context is not None:
            context.position += 1
        while open_subtrees and open_subtrees[-1][0] <= len(results):
            end, begin, done = open_subtrees.pop()
            shared[done] = tuple(results[begin:end])
    return dict(zip(order, results, strict=True))


def _around(
    assignment: Assignment, shape: int, context: _Context | None
) -> tuple[Vector, Parent | None, tuple[int, int]]:
    """Give a span's standing, its parent where that has a site, and the states around it there."""
    if context is None:
        return assignment.top_standing(shape), None, _ALONE
    position, course = context.position, context.course
    standing = context.standings[position]
    if course is None:
        return standing, None, _ALONE
    around = (course.forward[position], course.backward[position + 1])
    return standing, context.parent, around


def _context(assignment: Assignment, shape: int, standing: Vector, below: Parent) -> _Context:
    passed = assignment.passed_on(shape, standing)
    if below.site == weights.NOWHERE:
        return _Context(None, None, passed)
    return _Context(below, assignment.courses[shape, below.site], passed)
