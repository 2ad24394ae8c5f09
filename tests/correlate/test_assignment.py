"""The joint assignment equals brute force on small trees, and its cost follows distinct shapes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from tests.correlate.outlines import CodeReader
from tests.spans import span_of, trace_of
from tracegloss.correlate import weights
from tracegloss.correlate.assign import Assignment, Choices, assign
from tracegloss.correlate.automaton import Automaton, automaton_of, unordered
from tracegloss.model.site import Place
from tracegloss.model.steps import CallStep, Choice, Loop, Step, Steps, Unordered
from tracegloss.text import range_of
from tracegloss.tree import SpanTree, span_tree

N_SITES = 4
NEVER = -(10**6)
AT = Place("a.py", range_of(0, 0, 0, 1))

calls = st.builds(
    CallStep,
    st.just(AT),
    st.lists(st.integers(0, N_SITES - 1), max_size=2, unique=True).map(tuple),
    st.just(()),
    st.booleans(),
)


def blocks(inner: st.SearchStrategy[Step]) -> st.SearchStrategy[Step]:
    sequences = st.lists(inner, max_size=3).map(lambda steps: Steps(tuple(steps)))
    branches = st.lists(sequences, min_size=1, max_size=2).map(tuple)
    return st.one_of(
        st.builds(Loop, sequences),
        st.builds(Choice, branches, st.booleans()),
        st.builds(Unordered, sequences, st.booleans()),
    )


bodies = st.lists(st.recursive(calls, blocks, max_leaves=5), max_size=4).map(
    lambda steps: automaton_of(Steps(tuple(steps)), {}, None)
)


class Small(Struct, frozen=True):
    """A tree of spans numbered in start order, what each may be, and the body of every site."""

    parents: tuple[int | None, ...]
    choices: tuple[Choices, ...]
    automata: tuple[Automaton, ...]
    overlapping: frozenset[int]

    def tree(self) -> SpanTree:
        rows = []
        depth: dict[int, int] = {}
        for number, parent in enumerate(self.parents):
            depth[number] = 0 if parent is None else depth[parent] + 1
            named = "" if parent is None else f" parent={parent}"
            long = parent is not None and parent in self.overlapping
            rows.append(f"{number} {number * 10}-{900 if long else number * 10 + 5}{named}")
        return span_tree(trace_of(*rows))

    def assigned(self) -> Assignment:
        class_of = {str(number): number for number in range(len(self.parents))}
        return assign(self.tree(), class_of, self.choices, self.body)

    def standings(self) -> Mapping[str, tuple[int, ...]]:
        return self.assigned().standings(self.tree())

    def body(self, site: int, without_order: bool) -> Automaton:
        automaton = self.automata[site]
        return unordered(automaton) if without_order else automaton

    def children(self, span: int) -> list[int]:
        return [child for child, parent in enumerate(self.parents) if parent == span]

    def total(self, sites: tuple[int, ...]) -> int:
        """The value of one whole assignment, every alignment searched by itself."""
        score = sum(
            choices.weights[choices.sites.index(site)]
            for choices, site in zip(self.choices, sites, strict=True)
        )
        for span, site in enumerate(sites):
            below = [sites[child] for child in self.children(span)]
            is_open = bool(below) or len(self.choices[span].sites) > 2
            if site != weights.NOWHERE and is_open:
                in_order = not (span in self.overlapping and len(below) > 1)
                score += longest(self.body(site, not in_order), below)
        return score


def longest(automaton: Automaton, sites: list[int]) -> int:
    """The best way through a graph that meets these sites in order, by plain relaxation."""
    last = automaton.n_nodes - 1
    scores = [NEVER] * automaton.n_nodes
    scores[0] = 0
    scores = moved_on(automaton, scores)
    for site in sites:
        met = list(scores)
        for source, target, number in automaton.edges:
            slot = automaton.slots[number]
            if site in slot.sites or (slot.open and site != weights.NOWHERE):
                met[target] = max(met[target], scores[source] + slot.bonus)
        scores = moved_on(automaton, met)
    return max(scores[last], max(scores) + weights.EARLY_RETURN)


def moved_on(automaton: Automaton, scores: list[int]) -> list[int]:
    while True:
        new = list(scores)
        for source, target, cost in automaton.passes:
            new[target] = max(new[target], new[source] + cost)
        for source, target in automaton.returns:
            new[target] = max(new[target], new[source])
        if new == scores:
            return new
        scores = new


@st.composite
def smalls(draw: st.DrawFn) -> Small:
    n_spans = draw(st.integers(1, 5))
    parents: list[int | None] = [None]
    parents += [draw(st.integers(0, number - 1)) for number in range(1, n_spans)]
    choices = []
    for _ in range(n_spans):
        sites = draw(st.lists(st.integers(0, N_SITES - 1), max_size=3, unique=True))
        values = [draw(st.integers(-3, 8)) for _ in sites]
        choices.append(Choices((*sites, weights.NOWHERE), (*values, 0)))
    automata = tuple(draw(bodies) for _ in range(N_SITES))
    nothing = automaton_of(Steps(), {}, None)
    overlapping = frozenset(draw(st.sets(st.integers(0, n_spans - 1), max_size=2)))
    return Small(tuple(parents), tuple(choices), (*automata, nothing), overlapping)


@given(smalls())
def test_every_choice_stands_where_brute_force_puts_it(small: Small) -> None:
    totals = {
        sites: small.total(sites) for sites in product(*(choice.sites for choice in small.choices))
    }
    best = max(totals.values())
    standings = small.standings()
    for span, choices in enumerate(small.choices):
        expected = tuple(
            max(total for sites, total in totals.items() if sites[span] == site) - best
            for site in choices.sites
        )
        bounded = tuple(max(value, -weights.HORIZON) for value in expected)
        assert standings[str(span)] == bounded


@given(smalls(), st.sets(st.integers(0, 4)))
def test_a_changed_search_finds_what_a_new_one_finds(small: Small, spans: set[int]) -> None:
    changed = {str(span): 0 for span in spans if span < len(small.parents)}
    class_of = {str(number): number for number in range(len(small.parents))} | changed
    search = small.assigned()
    search.change(small.tree(), class_of, changed)
    anew = assign(small.tree(), class_of, small.choices, small.body)
    assert search.standings(small.tree()) == anew.standings(small.tree())


@given(smalls(), st.permutations(range(N_SITES)))
def test_the_numbers_of_sites_mean_nothing(small: Small, order: list[int]) -> None:
    renumbered = Small(
        small.parents,
        tuple(
            Choices(
                tuple(s if s == weights.NOWHERE else order[s] for s in choice.sites),
                choice.weights,
            )
            for choice in small.choices
        ),
        tuple(_renumbered(small.automata[order.index(number)], order) for number in range(N_SITES))
        + small.automata[N_SITES:],
        small.overlapping,
    )
    assert renumbered.standings() == small.standings()


def _renumbered(automaton: Automaton, order: list[int]) -> Automaton:
    slots = tuple(
        slot._replace(sites=frozenset(order[site] for site in slot.sites))
        for slot in automaton.slots
    )
    return Automaton(
        automaton.n_nodes,
        slots,
        automaton.edges,
        automaton.passes,
        automaton.returns,
        frozenset(order[site] for site in automaton.reach),
        automaton.has_open,
    )


def steps_of_work(n_turns: int) -> int:
    """Count alignment steps for a loop of so many turns of three calls."""
    reader = CodeReader()
    index = reader.read(
        """
        @chat(messages): loop(plan, search, answer)
        @plan(text):
        @search(text): loop(rank)
        @rank(text):
        @answer(text):
        """
    )
    site = {site.qualified_name: number for number, site in enumerate(index.sites)}
    rows = ["chat"] + [name for _ in range(n_turns) for name in ("plan", "search", "answer")]
    spans = [span_of(str(i), i * 10, i * 10 + 5, None if i == 0 else "0") for i in range(len(rows))]
    names = list(site)
    choices = [Choices((site[name], weights.NOWHERE), (8, 0)) for name in names]
    trace = trace_of("0 0-1")
    tree = span_tree(type(trace)(trace.info, tuple(spans)))
    automata = {
        number: automaton_of(index.steps[entry.function], index.steps, entry.function)
        for number, entry in enumerate(index.sites)
        if entry.function is not None
    }

    def body(number: int, without_order: bool) -> Automaton:  # noqa: ARG001
        return automata.get(number, automaton_of(Steps(), {}, None))

    class_of = {str(i): names.index(name) for i, name in enumerate(rows)}
    return assign(tree, class_of, choices, body).n_steps


def test_repeated_shapes_cost_once() -> None:
    assert steps_of_work(3000) == steps_of_work(300)
