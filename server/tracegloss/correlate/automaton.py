"""A function's steps as a small graph of call slots that ordered child spans are aligned with.

Nodes are numbered in source order. Every slot can be passed by without a span; loops lead back;
untraced helpers stand spliced in where they are called, bounded in depth and size, and a helper
that calls itself becomes a loop.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct, field

from tracegloss.correlate import weights
from tracegloss.correlate.leading import Leading
from tracegloss.model.site import FunctionId, Place
from tracegloss.model.steps import (
    CallStep,
    Choice,
    Loop,
    SiteStep,
    Step,
    Steps,
    Unordered,
)

MOST_DEPTH = 8
MOST_SLOTS = 400
MOST_HELPERS = 2000
MOST_LATE = 40
"""Slots of what is started and not waited for; a body with more of them is taken without order."""


class Slot(NamedTuple):
    """A call that child spans can come from.

    `bonus` is what a match is worth: sites the call surely enters weigh more than guesses, those
    weigh more than what rests on other code as far as it was seen, and an `open` slot, which may
    reach anything, weighs least. `called_from` is the call step nearest to
    the child, `None` when the child's `with` stands in the parent's own body.
    """

    sites: frozenset[int]
    bonus: int
    open: bool
    called_from: Place | None


class SlotEdge(NamedTuple):
    """A slot between two nodes; both are the same where order says nothing."""

    source: int
    target: int
    slot: int


class Automaton(Struct, frozen=True):
    """Slots between nodes; `passes` lead forward without a span at a cost, `returns` back in loops.

    `reach` holds the sites of all slots but open ones; `has_open` says that some call may reach
    more than is known. Node 0 is the entry, the last node the exit.
    """

    n_nodes: int
    slots: tuple[Slot, ...]
    edges: tuple[SlotEdge, ...]
    passes: tuple[tuple[int, int, int], ...]
    returns: tuple[tuple[int, int], ...]
    reach: frozenset[int]
    has_open: bool
    truncated: bool = False


_NOWHERE_OPENED: Mapping[Place, int] = {}

NOTHING = Automaton(1, (), (), (), (), frozenset(), has_open=False)
"""The body of a span that opens no other spans, or whose body is not known."""


def automaton_of(
    steps: Steps,
    bodies: Mapping[FunctionId, Steps],
    entered: FunctionId | None,
    opened_at: Mapping[Place, int] = _NOWHERE_OPENED,
    relevant: frozenset[int] | None = None,
    barren: dict[FunctionId, bool] | None = None,
    leading: Leading | None = None,
) -> Automaton:
    """Build the graph of a body; `entered` is its own function, so that recursion is seen.

    `opened_at` names the sites that are calls themselves: what enters them is the call around.
    Calls that enter no `relevant` site keep nothing but what passing them by costs. `barren`
    collects functions that lead to none, and whether they rest on what was assumed, for the next
    body, as `leading` does for guesses.
    """
    barren = {} if barren is None else barren
    leading = Leading(bodies, relevant) if leading is None else leading
    builder = _Builder(bodies, opened_at, relevant, barren, leading)
    if entered is not None:
        builder.entered.append(entered)
    builder.sequence(steps, 0, _Where(None, 0, weights.CALLED, optional=False))
    return builder.finished()


def unordered(automaton: Automaton) -> Automaton:
    """Forget all order: for children that overlap in time, only the set of calls is evidence."""
    edges = tuple(SlotEdge(0, 0, number) for number in range(len(automaton.slots)))
    return Automaton(
        1, automaton.slots, edges, (), (), automaton.reach, automaton.has_open, automaton.truncated
    )


class _Where(Struct, frozen=True):
    """How the builder came to a step: the last call spliced, its depth, and what a match is worth.

    `pool` is the node of an unordered block; slots inside loop on it.
    """

    called_from: Place | None
    depth: int
    worth: int
    optional: bool
    pool: int | None = None

    def inside(self, step: CallStep, worth: int) -> _Where:
        return _Where(step.at, self.depth + 1, worth, True, self.pool)

    def maybe(self) -> _Where:
        return _Where(self.called_from, self.depth, self.worth, True, self.pool)

    def pooled(self, node: int) -> _Where:
        return _Where(self.called_from, self.depth, self.worth, True, node)


class _Builder(Struct):
    """Grows the graph node by node; every method takes a node to start at and gives the end."""

    bodies: Mapping[FunctionId, Steps]
    opened_at: Mapping[Place, int]
    relevant: frozenset[int] | None
    barren: dict[FunctionId, bool]
    leading: Leading
    slots: list[Slot] = field(default_factory=list)
    edges: list[SlotEdge] = field(default_factory=list)
    passes: list[tuple[int, int, int]] = field(default_factory=list)
    returns: list[tuple[int, int]] = field(default_factory=list)
    late: list[tuple[int, int]] = field(default_factory=list)
    entered: list[FunctionId] = field(default_factory=list)
    repeated: set[FunctionId] = field(default_factory=set)
    last: int = 0
    n_helpers: int = 0
    truncated: bool = False
    assumed: bool = False

    def finished(self) -> Automaton:
        if self.truncated:
            anything = Slot(frozenset(), weights.ANY_CALL, True, None)
            self._slot(anything, self.last, self.last)
        self.late = list(dict.fromkeys(self.late))
        self.edges += self.late_edges()
        reach = frozenset().union(*(slot.sites for slot in self.slots))
        whole = Automaton(
            self.last + 1,
            tuple(self.slots),
            tuple(self.edges),
            tuple(sorted(self.passes)),
            tuple(self.returns),
            reach,
            self.assumed or any(slot.open for slot in self.slots),
            self.truncated,
        )
        return unordered(whole) if len(self.late) > MOST_LATE else whole

    def late_edges(self) -> list[SlotEdge]:
        """Let what was started and not waited for happen anywhere after its start."""
        if len(self.late) > MOST_LATE:
            return []
        return [
            SlotEdge(node, node, number)
            for number, entry in self.late
            for node in range(entry + 1, self.last + 1)
        ]

    def sequence(self, steps: Steps, node: int, where: _Where) -> int:
        for step in steps.steps:
            if len(self.slots) >= MOST_SLOTS:
                self.truncated = True
                break
            node = self.step(step, node, where)
        return node

    def step(self, step: Step, node: int, where: _Where) -> int:
        match step:
            case CallStep():
                return self.call(step, node, where)
            case SiteStep(site):
                slot = Slot(frozenset({site}), where.worth, False, where.called_from)
                return self.single(slot, node, where)
            case Loop(body):
                return self.loop(body, node, where)
            case Choice(branches, exclusive=False):
                return self.attempt(branches, node, where)
            case Choice(branches, whole=whole):
                return self.choice(branches, node, where, whole=whole)
            case Unordered(body, joined):
                return self.pool(body, node, where, joined=joined)

    def call(self, step: CallStep, node: int, where: _Where) -> int:
        worth = min(where.worth, _worth(step))
        self.assumed = self.assumed or step.assumed
        if not step.functions:
            return self.direct(step, node, where, worth)
        branches = 1 if step.sites or step.open else 0
        start = self.mark()
        ends = []
        if branches:
            ends.append(self.direct(step, self.fresh(node, where), where.maybe(), worth))
        # A guess may come to anything as it is: functions that add no site to that say nothing new.
        functions = filter(self.leading.to_sites, step.functions) if step.open else step.functions
        ends += [self.spliced(f, node, where.inside(step, worth)) for f in functions]
        return self.join(node, [end for end in ends if end != node], start, where)

    def direct(self, step: CallStep, node: int, where: _Where, worth: int) -> int:
        """Add the slots of the sites a call enters; an open call may also reach anything."""
        if step.sites:
            called_from = where.called_from if step.at in self.opened_at else step.at
            slot = Slot(frozenset(step.sites), worth, False, called_from)
            end = self.single(slot, node, where.maybe() if step.open else where)
            # Retries, and functions passed to what calls them, make several spans of one call.
            if where.pool is None and self.is_relevant(slot):
                again = min(worth, weights.REPEATED_CALL)
                self._slot(slot._replace(bonus=again), end, end)
        else:
            end = node
        if step.open:
            slot = Slot(frozenset(), weights.ANY_CALL, True, step.at)
            end = self.single(slot, end, where.maybe())
            # One call through a parameter may run many traced functions.
            self._slot(slot, end, end)
        return end

    def spliced(self, function: FunctionId, node: int, inside: _Where) -> int:
        if function in self.entered:
            self.repeated.add(function)
            return node
        if function in self.barren:
            self.assumed = self.assumed or self.barren[function]
            return node
        self.n_helpers += 1
        if inside.depth > MOST_DEPTH or self.n_helpers > MOST_HELPERS:
            self.truncated = True
            return node
        body = self.bodies.get(function)
        if body is None or not body.steps:
            self.barren[function] = False
            return node
        return self.entering(function, body, node, inside)

    def entering(self, function: FunctionId, body: Steps, node: int, where: _Where) -> int:
        start = self.mark()
        before, self.assumed = self.assumed, False
        self.entered.append(function)
        entry = self.fresh(node, where)
        end = self.sequence(body, entry, where)
        self.entered.pop()
        inside, self.assumed = self.assumed, self.assumed or before
        if len(self.slots) == start.n_slots:
            # Inside a recursion the emptiness may be due to the cut, not to the function.
            if not self.repeated and not self.truncated:
                self.barren[function] = inside
            self.repeated.discard(function)
            self.undo(start)
            return node
        if function in self.repeated:
            self.repeated.discard(function)
            if end != entry:
                self.returns.append((end, entry))
        return end

    def loop(self, body: Steps, node: int, where: _Where) -> int:
        start = self.mark()
        entry = self.fresh(node, where)
        end = self.sequence(body, entry, where.maybe())
        if len(self.slots) == start.n_slots:
            self.undo(start)
            return node
        if end != entry:
            self.returns.append((end, entry))
        return end

    def attempt(self, parts: tuple[Steps, ...], node: int, where: _Where) -> int:
        for part in parts:
            node = self.sequence(part, node, where.maybe())
        return node

    def choice(self, branches: tuple[Steps, ...], node: int, where: _Where, *, whole: bool) -> int:
        start = self.mark()
        ends = []
        for branch in branches:
            inner = self.mark()
            inside = where if whole else where.maybe()
            end = self.sequence(branch, self.fresh(node, where), inside)
            if len(self.slots) == inner.n_slots:
                self.undo(inner)
            else:
                ends.append(end)
        return self.join(node, ends, start, where, past=not whole or len(ends) < len(branches))

    def pool(self, body: Steps, node: int, where: _Where, *, joined: bool) -> int:
        start = self.mark()
        entry = self.fresh(node, where)
        self.sequence(body, entry, where.pooled(entry))
        if len(self.slots) == start.n_slots:
            self.undo(start)
            return node
        if not joined:
            self.late.extend((number, entry) for number in range(start.n_slots, len(self.slots)))
        return entry

    def single(self, slot: Slot, node: int, where: _Where) -> int:
        if not self.is_relevant(slot):
            if not where.optional:
                self.passes.append((node, self.node(), weights.SKIPPED_CALL))
            return self.last if not where.optional else node
        if where.pool is not None:
            self._slot(slot, where.pool, where.pool)
            return node
        end = self.node()
        self._slot(slot, node, end)
        self.passes.append((node, end, 0 if where.optional else weights.SKIPPED_CALL))
        return end

    def is_relevant(self, slot: Slot) -> bool:
        return slot.open or self.relevant is None or not self.relevant.isdisjoint(slot.sites)

    def join(
        self, node: int, ends: list[int], start: _Mark, where: _Where, *, past: bool = True
    ) -> int:
        """Bring alternatives together again, and usually a way past all of them."""
        # In a pool every end is the pool itself: only the slots tell whether something was added.
        if len(self.slots) == start.n_slots:
            self.undo(start)
            return node
        if where.pool is not None:
            return node
        out = self.node()
        self.passes.extend((end, out, 0) for end in ends)
        if past:
            self.passes.append((node, out, 0))
        return out

    def fresh(self, node: int, where: _Where) -> int:
        if where.pool is not None:
            return node
        new = self.node()
        self.passes.append((node, new, 0))
        return new

    def node(self) -> int:
        self.last += 1
        return self.last

    def _slot(self, slot: Slot, source: int, target: int) -> None:
        self.edges.append(SlotEdge(source, target, len(self.slots)))
        self.slots.append(slot)

    def mark(self) -> _Mark:
        return _Mark(
            self.last, len(self.slots), len(self.edges), len(self.passes), len(self.returns)
        )

    def undo(self, mark: _Mark) -> None:
        self.last = mark.last
        del self.slots[mark.n_slots :]
        del self.edges[mark.n_edges :]
        del self.passes[mark.n_passes :]
        del self.returns[mark.n_returns :]
        self.late = [each for each in self.late if each[0] < mark.n_slots]


class _Mark(NamedTuple):
    """How far the graph had grown, to go back to."""

    last: int
    n_slots: int
    n_edges: int
    n_passes: int
    n_returns: int


def _worth(step: CallStep) -> int:
    if step.assumed:
        return weights.ASSUMED_CALL
    return weights.GUESSED_CALL if step.open else weights.CALLED
