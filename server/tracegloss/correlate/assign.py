"""The best joint assignment of all spans of a tree to sites, and how far every other choice is off.

Variables are spans, values their candidate sites or none. A parent's whole ordered list of children
is one factor, solved by alignment with the body of the parent's site; so the upward pass gives the
exact best total of every subtree, and the downward pass the exact best total of the trace with each
single choice (a max-marginal). Equal subtrees, and equal subtrees under equal choices, are computed
once; roots and orphans stand alone, as children of a virtual root that allows everything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tracegloss.correlate import weights
from tracegloss.correlate.alignment import Alignment, Child, Course, Vector
from tracegloss.correlate.automaton import Automaton
from tracegloss.model.trace import Span
from tracegloss.tree import SpanTree

Bodies = Callable[[int, bool], Automaton]
"""Gives the automaton of a site's body; the flag asks for the one without order."""


@dataclass(frozen=True, slots=True)
class Choices:
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


@dataclass(slots=True)
class Assignment:
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
        """Number the shape of every span, children before parents."""
        shape_of, numbers = self.shape_of, self.numbers
        spans, below = tree.spans, tree.children
        leaves: dict[tuple[int, bool], int] = {}
        for span_id in reversed(tree.order):
            span = spans[span_id]
            unfinished = span.end_ns is None or span.exceptions != ()
            children = below.get(span_id)
            if children is None:
                leaf = (class_of[span_id], unfinished)
                number = leaves.get(leaf)
                if number is None:
                    number = leaves[leaf] = self._number_of(Shape(leaf[0], (), False, unfinished))
                shape_of[span_id] = number
                continue
            shape = Shape(
                class_of[span_id],
                tuple([shape_of[child] for child in children]),
                len(children) > 1 and _overlap(spans, children),
                unfinished,
            )
            number = numbers.get(shape)
            shape_of[span_id] = self._number_of(shape) if number is None else number

    def _number_of(self, shape: Shape) -> int:
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
        alignment = self.alignments.get((site, shape.overlapping))
        if alignment is None:
            automaton = self.bodies(site, shape.overlapping)
            alignment = Alignment(automaton, self.subtrees)
            self.alignments[site, shape.overlapping] = alignment
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


def _overlap(spans: Mapping[str, Span], children: Sequence[str]) -> bool:
    """Tell whether a child starts before an earlier one has ended."""
    reached = -1
    for child in children:
        span = spans[child]
        if span.start_ns < reached:
            return True
        end = span.start_ns if span.end_ns is None else span.end_ns
        reached = max(reached, end)
    return False
