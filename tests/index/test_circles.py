"""Values that lead in circles: what is kept is what asking anew would give."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracegloss.index.interpreter.circles import Answer, Circles
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.reader import Values
from tracegloss.index.interpreter.tracing import API_NAMES
from tracegloss.index.interpreter.values import Scope
from tracegloss.index.modules import ModuleMap
from tracegloss.syntax.extract import extract

T = TypeVar("T")
NAMES = ("a", "b", "c", "d")
A_NAME = st.sampled_from(NAMES)
VALUES = st.one_of(
    st.sampled_from((*NAMES, "one", "two")),
    st.builds("hand({})".format, A_NAME),
    st.builds("[{}, {}]".format, A_NAME, A_NAME),
    st.builds("{} or {}".format, A_NAME, A_NAME),
    st.builds("{}[0]".format, A_NAME),
    st.builds("{}.strip()".format, A_NAME),
)
ROWS = st.one_of(
    st.builds("{} = {}".format, A_NAME, VALUES),
    st.builds("a, b = {}, {}".format, VALUES, VALUES),
    st.builds("{} += {}".format, A_NAME, VALUES),
    st.builds("for {} in {}: pass".format, A_NAME, A_NAME),
)
BODIES = st.lists(ROWS, min_size=1, max_size=5)
HEAD = """import mlflow
@mlflow.trace
def one(x): return x
@mlflow.trace
def two(x): return x
def hand(x): return x
"""


class Forgetful(Circles):
    """Asks every question anew, as often as it comes up."""

    def once(
        self,
        kept: dict[Hashable, Answer[T]],  # noqa: ARG002
        question: Hashable,
        ask: Callable[[], T],
        otherwise: T,
    ) -> T:
        return self.guarded(question, ask, otherwise)


def answers(module: list[str], body: list[str], order: tuple[int, ...]) -> dict[int, Values]:
    """Ask for all names of a module and of a function in it, in some order."""
    text = "\n".join([HEAD, *module, "def run(d):", *(f"    {row}" for row in body), ""])
    facts = extract(text.encode())
    interpreter = Interpreter(ModuleMap(["app.py"]), {"app.py": facts}.get, API_NAMES)
    run = len(facts.definitions) - 1
    asked = [(name, Scope("app.py", scope)) for scope in (-1, run) for name in NAMES]
    found = {number: interpreter.lookup(*asked[number]) for number in order}
    return {number: found[number] for number in sorted(found)}


ORDERS = st.permutations(range(2 * len(NAMES))).map(tuple)
IN_TURN = tuple(range(2 * len(NAMES)))


@settings(max_examples=150, deadline=None)
@given(BODIES, BODIES, ORDERS)
def test_answers_do_not_depend_on_what_was_asked_before(
    module: list[str], body: list[str], order: tuple[int, ...]
) -> None:
    assert answers(module, body, order) == answers(module, body, IN_TURN)


@settings(max_examples=150, deadline=None)
@given(BODIES, BODIES)
def test_answers_are_those_of_asking_everything_anew(module: list[str], body: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tracegloss.index.interpreter.interpreter.Circles", Forgetful)
        anew = answers(module, body, IN_TURN)
    assert answers(module, body, IN_TURN) == anew
