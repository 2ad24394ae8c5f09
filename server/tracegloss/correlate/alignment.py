"""Ordered children aligned with the call slots of one body: exact best totals, forward and back.

States of the search are whole vectors of best scores, one a node, interned and kept relative to
their maximum; a step from a vector over a child is computed once. Long runs of equal children, and
repeating patterns of them, so cost one lookup a child.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from tracegloss.correlate import weights
from tracegloss.correlate.automaton import Automaton
from tracegloss.model.site import Place

IMPOSSIBLE = -(10**9)
OUT_OF_SIGHT = -1000
"""A node that far behind the best is given up, so that the vectors of long runs repeat."""

Vector = tuple[int, ...]


class Child(NamedTuple):
    """A child as its parent sees it: the best total of its subtree with each of its candidates."""

    sites: tuple[int, ...]
    totals: tuple[int, ...]
    best: int


class Course(NamedTuple):
    """The states before each child and after the last, forward and backward, and the best total."""

    forward: tuple[int, ...]
    backward: tuple[int, ...]
    total: int


class Match(NamedTuple):
    """How a child came to a site in the best alignments that give it this site.

    `called_from` are the distinct calls that do it; `matched` is false when only an alignment that
    leaves the child aside allows the site. `sure` says that one of the slots is no guess.
    """

    matched: bool
    sure: bool
    called_from: frozenset[Place | None]


class Alignment(Struct):
    """The search over one automaton, with everything it has computed so far.

    `n_steps` counts vectors computed, the measure of the work done.
    """

    automaton: Automaton
    children: Sequence[Child]
    vectors: list[Vector] = field(default_factory=list)
    numbers: dict[Vector, int] = field(default_factory=dict)
    steps: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    steps_back: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    relatives: dict[tuple[int, int, int], Vector] = field(default_factory=dict)
    gains: dict[int, tuple[tuple[int, int, int], ...]] = field(default_factory=dict)
    matches: dict[tuple[int, int, int], Match] = field(default_factory=dict)
    start: tuple[int, int] | None = None
    ends: dict[bool, tuple[int, Vector]] = field(default_factory=dict)
    n_steps: int = 0

    def course(self, child_keys: Sequence[int], *, unfinished: bool) -> Course:
        """Align children in order; `unfinished` bodies (an exception) may end anywhere."""
        state, shift = self._start()
        forward = [state]
        total = shift
        for key in child_keys:
            state, shift = self._step(state, key)
            forward.append(state)
            total += shift
        state, ends = self._end(unfinished=unfinished)
        backward = [state]
        for key in reversed(child_keys):
            state, _ = self._step_back(state, key)
            backward.append(state)
        backward.reverse()
        total += max(map(int.__add__, self.vectors[forward[-1]], ends))
        return Course(tuple(forward), tuple(backward), total)

    def relative(self, course: Course, position: int, key: int) -> Vector:
        """Give, for each candidate of a child, the best total with it, relative to the best."""
        asked = (course.forward[position], key, course.backward[position + 1])
        known = self.relatives.get(asked)
        if known is None:
            known = self.relatives[asked] = self._relative(*asked)
        return known

    def match(self, course: Course, position: int, site: int) -> Match:
        """Tell which calls the best alignments use that give a child one site."""
        asked = (course.forward[position], course.backward[position + 1], site)
        known = self.matches.get(asked)
        if known is None:
            known = self.matches[asked] = self._match(*asked)
        return known

    def _match(self, forward: int, backward: int, site: int) -> Match:
        before, after = self.vectors[forward], self.vectors[backward]
        best = max(map(int.__add__, before, after))
        used: list[int] = []
        for source, target, number in self.automaton.edges:
            slot = self.automaton.slots[number]
            if not (site in slot.sites or (slot.open and site != weights.NOWHERE)):
                continue
            total = before[source] + slot.bonus + after[target]
            if total > best:
                best, used = total, [number]
            elif total == best:
                used.append(number)
        slots = [self.automaton.slots[number] for number in used]
        telling = [slot for slot in slots if not slot.open]
        return Match(
            bool(telling),
            any(slot.bonus == weights.CALLED for slot in telling),
            frozenset(slot.called_from for slot in telling),
        )

    def _relative(self, forward: int, key: int, backward: int) -> Vector:
        before, after = self.vectors[forward], self.vectors[backward]
        child = self.children[key]
        aside = max(map(int.__add__, before, after))
        bonuses = [aside] * len(child.sites)
        for source, target, number in self.automaton.edges:
            slot = self.automaton.slots[number]
            total = before[source] + slot.bonus + after[target]
            for i, site in enumerate(child.sites):
                if total > bonuses[i] and (
                    site in slot.sites or (slot.open and site != weights.NOWHERE)
                ):
                    bonuses[i] = total
        totals = [total + bonus for total, bonus in zip(child.totals, bonuses, strict=True)]
        best = max(totals)
        return tuple(total - best for total in totals)

    def _step(self, state: int, key: int) -> tuple[int, int]:
        known = self.steps.get((state, key))
        if known is None:
            self.n_steps += 1
            vector = self.vectors[state]
            best = self.children[key].best
            new = [value + best for value in vector]
            for source, target, gain in self._gains(key):
                value = vector[source] + gain
                if value > new[target]:
                    new[target] = value
            known = self.steps[state, key] = self._intern(self._closed(new))
        return known

    def _step_back(self, state: int, key: int) -> tuple[int, int]:
        known = self.steps_back.get((state, key))
        if known is None:
            self.n_steps += 1
            vector = self.vectors[state]
            best = self.children[key].best
            new = [value + best for value in vector]
            for source, target, gain in self._gains(key):
                value = vector[target] + gain
                if value > new[source]:
                    new[source] = value
            known = self.steps_back[state, key] = self._intern(self._closed_back(new))
        return known

    def _gains(self, key: int) -> tuple[tuple[int, int, int], ...]:
        """List, for each edge a child can take, the best total it brings there."""
        known = self.gains.get(key)
        if known is None:
            child = self.children[key]
            by_site = dict(zip(child.sites, child.totals, strict=True))
            by_site.pop(weights.NOWHERE, None)
            known = self.gains[key] = tuple(
                (source, target, gain)
                for source, target, number in self.automaton.edges
                if (gain := _gain(self.automaton, number, by_site)) is not None
            )
        return known

    def _start(self) -> tuple[int, int]:
        """Give the state before the first child, and how far it is shifted."""
        if self.start is None:
            entry = [0] + [IMPOSSIBLE] * (self.automaton.n_nodes - 1)
            self.start = self._intern(self._closed(entry))
        return self.start

    def _end(self, *, unfinished: bool) -> tuple[int, Vector]:
        """Give the state after the last child, backward, and the scores it has at each node."""
        known = self.ends.get(unfinished)
        if known is None:
            ends = self._endings(unfinished=unfinished)
            known = self.ends[unfinished] = (self._intern(ends)[0], tuple(ends))
        return known

    def _endings(self, *, unfinished: bool) -> list[int]:
        n_nodes = self.automaton.n_nodes
        if unfinished:
            return [0] * n_nodes
        vector = [weights.EARLY_RETURN] * n_nodes
        vector[-1] = 0
        return self._closed_back(vector)

    def _closed(self, vector: list[int]) -> list[int]:
        """Let scores flow forward past slots, once around loops, and forward again."""
        self._flow(vector)
        moved = False
        for source, target in self.automaton.returns:
            if vector[source] > vector[target]:
                vector[target] = vector[source]
                moved = True
        if moved:
            self._flow(vector)
        return vector

    def _flow(self, vector: list[int]) -> None:
        for source, target, cost in self.automaton.passes:
            value = vector[source] + cost
            if value > vector[target]:
                vector[target] = value

    def _closed_back(self, vector: list[int]) -> list[int]:
        self._flow_back(vector)
        moved = False
        for source, target in self.automaton.returns:
            if vector[target] > vector[source]:
                vector[source] = vector[target]
                moved = True
        if moved:
            self._flow_back(vector)
        return vector

    def _flow_back(self, vector: list[int]) -> None:
        for source, target, cost in reversed(self.automaton.passes):
            value = vector[target] + cost
            if value > vector[source]:
                vector[source] = value

    def _intern(self, vector: list[int]) -> tuple[int, int]:
        shift = max(vector)
        given_up = shift + OUT_OF_SIGHT
        normal = tuple(value - shift if value > given_up else IMPOSSIBLE for value in vector)
        number = self.numbers.get(normal)
        if number is None:
            number = self.numbers[normal] = len(self.vectors)
            self.vectors.append(normal)
        return number, shift


def _gain(automaton: Automaton, number: int, by_site: Mapping[int, int]) -> int | None:
    slot = automaton.slots[number]
    totals = (
        by_site.values() if slot.open else [by_site[site] for site in slot.sites if site in by_site]
    )
    return max(totals) + slot.bonus if totals else None
