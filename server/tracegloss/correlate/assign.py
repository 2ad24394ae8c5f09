"""The best joint assignment of all spans of a tree to sites, and how far every other choice is off.

Variables are spans, values their candidate sites or none. A parent's whole ordered list of children
is one factor, solved by alignment with the body of the parent's site; so the upward pass gives the
exact best total of every subtree, and the downward pass the exact best total of the trace with each
single choice (a max-marginal). Equal subtrees, and equal subtrees under equal choices, are computed
once; roots and orphans stand alone, as children of a virtual root that allows everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from tracegloss.correlate import weights
from tracegloss.correlate.alignment import Alignment, Child, Course, Vector
from tracegloss.correlate.automaton import Automaton
from tracegloss.tree import SpanTree

Bodies = Callable[[int, bool], Automaton]
"""Gives the automaton of a site's body; the flag asks for the one without order."""


class Choices(Struct, frozen=True):
    """The candidates of a class of equal spans with their own weights; `NOWHERE` comes last."""

    sites: tuple[int, ...]
    weights: tuple[int, ...]


class Shape(NamedTuple):
    """A class of equal subtrees: candidates of its top span, and the shapes below it in order.

    `overlapping` children give set evidence only; an `unfinished` body may stop anywhere.
    """

    choices: int
    children: tuple[int, ...]
    overlapping: bool
    unfinished: bool


class _ParentChoice(NamedTuple):
    """One choice of a parent that is still in sight: how far behind, and how its children lie."""

    behind: int
    alignment: Alignment
    course: Course


class Assignment(Struct):
    """The search over one trace and everything it found; equal shapes are searched once.

    A standing is a vector beside the candidates of a shape: 0 for choices of a best assignment of
    the whole trace, negative for what the best assignment with that choice lacks. `sizes` counts
    the spans of each shape.
    """

    choices: Sequence[Choices]
    bodies: Bodies
    shape_of: dict[str, int] = field(default_factory=dict)
    shapes: list[Shape] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    numbers: dict[Shape, int] = field(default_factory=dict)
    subtrees: list[Child] = field(default_factory=list)
    alignments: dict[tuple[int, bool], Alignment] = field(default_factory=dict)
    courses: dict[tuple[int, int], Course] = field(default_factory=dict)
    passed: dict[tuple[int, Vector], tuple[Vector, ...]] = field(default_factory=dict)

    @property
    def n_steps(self) -> int:
        """Count the alignment vectors computed, the measure of the work done."""
        return sum(alignment.n_steps for alignment in self.alignments.values())

    def alignment_of(self, shape: int, site: int) -> Alignment:
        """Return the alignment that a shape's children had with the body of a site."""
        return self.alignments[site, self.shapes[shape].overlapping]

    def top_standing(self, shape: int) -> Vector:
        """Give the standing of a root or orphan, which depends on nothing above."""
        subtree = self.subtrees[shape]
        return tuple(max(total - subtree.best, -weights.HORIZON) for total in subtree.totals)

    def passed_on(self, shape: int, standing: Vector) -> tuple[Vector, ...]:
        """Give the standings of a shape's children, the shape itself standing as given."""
        known = self.passed.get((shape, standing))
        if known is None:
            known = self.passed[shape, standing] = self._standings(shape, standing)
        return known

    def standings(self, tree: SpanTree) -> Mapping[str, Vector]:
        """Give the standing of every span of the tree that was searched."""
        found = {top: self.top_standing(self.shape_of[top]) for top in (*tree.roots, *tree.orphans)}
        for span_id in tree.order:
            children = tree.children.get(span_id, ())
            if children:
                passed = self.passed_on(self.shape_of[span_id], found[span_id])
                found.update(zip(children, passed, strict=True))
        return found

    def go_up(self, tree: SpanTree, class_of: Mapping[str, int]) -> None:
        """Number the shape of every span, children before parents.

        Goes backwards through the depth-first order, so that the children of a span are what was
        met one level deeper since the last span of its own level.
        """
        spans, depths, shape_of = tree.spans, tree.depths, self.shape_of
        leaves: dict[tuple[int, bool], int] = {}
        # What was met one level deeper, last child first: shapes, whether they overlap, and the
        # start of the first. Children are in order of start: each is compared with the next alone.
        shapes: list[list[int]] = [[] for _ in range(max(depths.values(), default=0) + 2)]
        next_starts = [0] * len(shapes)
        overlapping = [False] * len(shapes)
        for span_id in reversed(tree.order):
            span = spans[span_id]
            depth = depths[span_id]
            end_ns = span.end_ns
            unfinished = end_ns is None or span.exceptions != ()
            children = shapes[depth + 1]
            if children:
                children.reverse()
                number = self._number_of(
                    Shape(class_of[span_id], tuple(children), overlapping[depth + 1], unfinished)
                )
                children.clear()
                overlapping[depth + 1] = False
            else:
                leaf = (class_of[span_id], unfinished)
                known = leaves.get(leaf)
                if known is None:
                    known = leaves[leaf] = self._number_of(Shape(leaf[0], (), False, unfinished))
                number = known
            shape_of[span_id] = number
            siblings = shapes[depth]
            if siblings and end_ns is not None and end_ns > next_starts[depth]:
                overlapping[depth] = True
            siblings.append(number)
            next_starts[depth] = span.start_ns

    def change(self, tree: SpanTree, class_of: Mapping[str, int], changed: Iterable[str]) -> None:
        """Number the shapes of spans with new classes, and of what stands above them, again."""
        again: dict[str, None] = {}
        for span_id in changed:
            above: str | None = span_id
            while above is not None and above not in again:
                again[above] = None
                above = tree.parents.get(above)
        for span_id in sorted(again, key=tree.depths.__getitem__, reverse=True):
            before = self.shapes[self.shape_of[span_id]]
            children = tuple(self.shape_of[child] for child in tree.children.get(span_id, ()))
            self.shape_of[span_id] = self._number_of(
                Shape(class_of[span_id], children, before.overlapping, before.unfinished)
            )

    def _number_of(self, shape: Shape) -> int:
        known = self.numbers.get(shape)
        if known is not None:
            return known
        number = self.numbers[shape] = len(self.shapes)
        self.shapes.append(shape)
        self.sizes.append(1 + sum(self.sizes[child] for child in shape.children))
        choices = self.choices[shape.choices]
        totals = tuple(
            weight + self._course(number, shape, site).total
            for site, weight in zip(choices.sites, choices.weights, strict=True)
        )
        self.subtrees.append(Child(choices.sites, totals, max(totals)))
        return number

    def _course(self, number: int, shape: Shape, site: int) -> Course:
        if not shape.children and len(self.choices[shape.choices].sites) <= 2:
            # Nothing below and nothing to choose: the body, costly to know, stays shut.
            site_of_body = weights.NOWHERE
        else:
            site_of_body = site
        alignment = self.alignments.get((site_of_body, shape.overlapping))
        if alignment is None:
            automaton = self.bodies(site_of_body, shape.overlapping)
            alignment = Alignment(automaton, self.subtrees)
            self.alignments[site_of_body, shape.overlapping] = alignment
        course = alignment.course(shape.children, unfinished=shape.unfinished)
        self.courses[number, site] = course
        return course

    def _standings(self, number: int, standing: Vector) -> tuple[Vector, ...]:
        """Combine, for each child, what each choice of its parent leaves to each of its own."""
        shape = self.shapes[number]
        choices = [
            _ParentChoice(
                behind, self.alignments[site, shape.overlapping], self.courses[number, site]
            )
            for site, behind in zip(self.choices[shape.choices].sites, standing, strict=True)
            if behind > -weights.HORIZON
        ]
        known: dict[tuple[int, ...], Vector] = {}
        passed = []
        for position, child in enumerate(shape.children):
            around = [child]
            for _, _, course in choices:
                around += (course.forward[position], course.backward[position + 1])
            key = tuple(around)
            vector = known.get(key)
            if vector is None:
                vector = known[key] = self._combined(choices, position, child)
            passed.append(vector)
        return tuple(passed)

    def _combined(self, choices: Sequence[_ParentChoice], position: int, child: int) -> Vector:
        best = [-weights.HORIZON] * len(self.subtrees[child].sites)
        for behind, alignment, course in choices:
            for i, value in enumerate(alignment.relative(course, position, child)):
                best[i] = max(best[i], value + behind)
        return tuple(best)


def assign(
    tree: SpanTree, class_of: Mapping[str, int], choices: Sequence[Choices], bodies: Bodies
) -> Assignment:
    """Find the best assignment; `class_of` gives each span's number in `choices`."""
    assignment = Assignment(choices, bodies)
    assignment.go_up(tree, class_of)
    return assignment
