"""Bodies as graphs let through what their steps can do, as a plain walk over the steps finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Struct

from tests.correlate.outlines import check
from tracegloss.correlate.automaton import MOST_LATE, Automaton, automaton_of
from tracegloss.correlate.leading import Leading
from tracegloss.model.site import FunctionId, Place
from tracegloss.model.steps import CallStep, Choice, Loop, SiteStep, Step, Steps, Unordered
from tracegloss.text import range_of

SITES = range(3)
MOST_SPANS = 3
MOST_CALLS_WITHIN = 4
AT = Place("a.py", range_of(0, 0, 0, 1))
FUNCTIONS = tuple(FunctionId("a.py", name, line) for line, name in enumerate("fgh"))

Spans = tuple[int, ...]
Bodies = Mapping[FunctionId, Steps]

calls = st.builds(
    CallStep,
    st.just(AT),
    st.lists(st.sampled_from(SITES), max_size=2, unique=True).map(tuple),
    st.lists(st.sampled_from(FUNCTIONS), max_size=2, unique=True).map(tuple),
    st.booleans(),
    st.booleans(),
)
told = calls.map(lambda call: CallStep(call.at, call.sites, call.functions, False, call.assumed))


def steps_of(calls: st.SearchStrategy[CallStep]) -> st.SearchStrategy[Steps]:
    opened = st.builds(SiteStep, st.sampled_from(SITES), st.just(Steps()))
    leaves = st.one_of(calls, calls, opened)
    return sequences(st.recursive(leaves, _blocks, max_leaves=4))


def _blocks(inner: st.SearchStrategy[Step]) -> st.SearchStrategy[Step]:
    parts = sequences(inner)
    branches = st.lists(parts, min_size=1, max_size=2).map(tuple)
    return st.one_of(
        st.builds(Loop, parts),
        st.builds(Choice, branches, st.booleans(), st.booleans()),
        st.builds(Unordered, parts, st.booleans()),
    )


def sequences(inner: st.SearchStrategy[Step]) -> st.SearchStrategy[Steps]:
    return st.lists(inner, max_size=2).map(lambda steps: Steps(tuple(steps)))


def bodies_of(calls: st.SearchStrategy[CallStep]) -> st.SearchStrategy[Bodies]:
    return st.fixed_dictionaries(dict.fromkeys(FUNCTIONS, steps_of(calls)))


class Run(Struct, frozen=True):
    """Spans that were opened so far, and sites of what runs on beside the steps."""

    spans: Spans = ()
    beside: frozenset[int] = frozenset()


Runs = AbstractSet[Run]


class Walk(Struct, frozen=True):
    """Runs steps in every way they can go: each may be passed by, up to `MOST_SPANS` spans."""

    bodies: Bodies
    within: int = 0

    def sequence(self, steps: Steps, runs: Runs) -> Runs:
        for step in steps.steps:
            runs = runs | self.step(step, runs)
        return runs

    def step(self, step: Step, runs: Runs) -> Runs:
        match step:
            case SiteStep(site):
                return {new for run in runs for new in opened(run, site)}
            case CallStep():
                return self.call(step, runs)
            case Loop(body):
                return repeated(lambda before: self.sequence(body, before), runs)
            case Choice(branches, exclusive=False):
                for branch in branches:
                    runs = self.sequence(branch, runs)
                return runs
            case Choice(branches):
                return {new for branch in branches for new in self.sequence(branch, runs)}
            case Unordered(body, joined):
                return self.together(body, runs, joined=joined)

    def call(self, step: CallStep, runs: Runs) -> Runs:
        entered = repeated(lambda before: opened_any(before, step.sites), runs)
        if step.open:
            entered = repeated(lambda before: opened_any(before, SITES), entered)
        if self.within < MOST_CALLS_WITHIN:
            inner = Walk(self.bodies, self.within + 1)
            for function in step.functions:
                entered = entered | inner.sequence(self.bodies[function], runs)
        return entered

    def together(self, body: Steps, runs: Runs, *, joined: bool) -> Runs:
        """Let all that the steps come to happen in any order, or at any time from now on."""
        ends = self.sequence(body, {Run()})
        sites = frozenset(site for end in ends for site in (*end.spans, *end.beside))
        runs = repeated(lambda before: opened_any(before, sites), runs)
        beside = sites if not joined else frozenset(s for end in ends for s in end.beside)
        started = {Run(run.spans, run.beside | beside) for run in runs}
        return runs | repeated(lambda before: opened_any(before, ()), started)


def opened(run: Run, site: int) -> Iterator[Run]:
    """Open a span, and then what runs beside."""
    if len(run.spans) < MOST_SPANS:
        new = Run((*run.spans, site), run.beside)
        yield new
        for other in run.beside:
            yield from opened(new, other)


def opened_any(runs: Runs, sites: AbstractSet[int] | range | tuple[int, ...]) -> Runs:
    return {new for run in runs for site in {*sites, *run.beside} for new in opened(run, site)}


def repeated(once: Callable[[Runs], Runs], runs: Runs) -> Runs:
    while True:
        more = runs | once(runs)
        if more == runs:
            return runs
        runs = more


def let_through(automaton: Automaton, spans: Spans) -> bool:
    """Tell whether a graph has a slot for each of these spans, in this order."""
    nodes = onward(automaton, {0})
    for site in spans:
        slots = automaton.slots
        nodes = {
            target
            for source, target, number in automaton.edges
            if source in nodes and (slots[number].open or site in slots[number].sites)
        }
        nodes = onward(automaton, nodes)
    return bool(nodes)


def onward(automaton: Automaton, nodes: set[int]) -> set[int]:
    ways = {(source, target) for source, target, _ in automaton.passes} | {*automaton.returns}
    while more := {target for source, target in ways if source in nodes} - nodes:
        nodes = nodes | more
    return nodes


def all_spans() -> Iterator[Spans]:
    for length in range(MOST_SPANS + 1):
        yield from product(SITES, repeat=length)


@given(st.one_of(steps_of(told), steps_of(calls)), st.one_of(bodies_of(told), bodies_of(calls)))
def test_what_the_steps_can_do_is_let_through(steps: Steps, bodies: Bodies) -> None:
    automaton = automaton_of(steps, bodies, None)
    done = {run.spans for run in Walk(bodies).sequence(steps, {Run()})}
    assert {spans for spans in done if not let_through(automaton, spans)} == set()
    assert not {site for spans in done for site in spans} - automaton.reach or automaton.has_open


@given(steps_of(told), bodies_of(told))
def test_only_sites_that_the_steps_come_to_are_in_reach(steps: Steps, bodies: Bodies) -> None:
    done = Walk(bodies).sequence(steps, {Run()})
    reached = {site for run in done for site in (*run.spans, *run.beside)}
    assert automaton_of(steps, bodies, None).reach == reached


@given(steps_of(calls), bodies_of(calls), st.frozensets(st.sampled_from(SITES)))
def test_sites_that_do_not_matter_change_nothing_for_those_that_do(
    steps: Steps, bodies: Bodies, relevant: frozenset[int]
) -> None:
    whole = automaton_of(steps, bodies, None)
    part = automaton_of(steps, bodies, None, relevant=relevant)
    for spans in all_spans():
        if relevant.issuperset(spans):
            assert let_through(part, spans) == let_through(whole, spans), spans


@given(
    st.lists(st.one_of(steps_of(told), steps_of(calls)), min_size=2, max_size=3),
    st.one_of(bodies_of(told), bodies_of(calls)),
    st.frozensets(st.sampled_from(SITES), max_size=1),
)
@example(
    [Steps((CallStep(AT, (), FUNCTIONS[:1]),))] * 2,
    {FUNCTIONS[0]: Steps((CallStep(AT, (0,), (), assumed=True),))},
    frozenset(),
)
def test_a_body_is_the_same_whichever_was_built_before(
    several: list[Steps], bodies: Bodies, relevant: frozenset[int]
) -> None:
    barren: dict[FunctionId, bool] = {}
    leading = Leading(bodies, relevant)
    for steps in several:
        alone = automaton_of(steps, bodies, None, relevant=relevant)
        after = automaton_of(steps, bodies, None, relevant=relevant, barren=barren, leading=leading)
        assert after == alone


TOGETHER = {
    "helpers that run together call what they call": (
        """
        main.py
          @main(q): together(ask_a, ask_b)
          ask_a(): A.search
          ask_b(): B.search
        engines.py
          @A.search(q):
          @B.search(q):
          @C.search(q):
        """,
        """
        main(q)                   -> main exact
          search(q)               -> ? A.search, B.search
          search(q)               -> ? A.search, B.search
        """,
    ),
    "a helper that runs beside another function of the same name": (
        """
        main.py
          @main(q): together(ask), B.search
          ask(): A.search
        engines.py
          @A.search(q):
          @B.search(q):
        """,
        """
        main(q)                   -> main exact
          search(q)               -> A.search strong
          search(q)               -> B.search weak
        """,
    ),
    "a helper that is started and not waited for": (
        """
        main.py
          @main(q): started(ask), B.get
          ask(): A.search
        engines.py
          @A.search(q):
          @B.search(q):
          @B.get(key):
        """,
        """
        main(q)                   -> main exact
          get(key)                -> B.get exact
          search(q)               -> A.search exact
        """,
    ),
}


@pytest.mark.parametrize("case", TOGETHER)
def test_helpers_that_run_together(case: str) -> None:
    check(*TOGETHER[case])


def test_much_that_is_started_may_all_be_over_late() -> None:
    started = tuple(CallStep(AT, (number,)) for number in range(MOST_LATE + 1))
    last = MOST_LATE + 1
    steps = Steps((Unordered(Steps(started)), CallStep(AT, (last,))))
    automaton = automaton_of(steps, {}, None)
    assert all(let_through(automaton, (last, number)) for number in range(MOST_LATE + 1))
