"""A mapping that many functions put into: what it holds, and that asking costs what is written."""

from __future__ import annotations

import pytest

from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.reader import Values
from tracegloss.index.interpreter.tracing import API_NAMES
from tracegloss.index.interpreter.values import Function, Scope, Table, Unknown
from tracegloss.index.modules import ModuleMap
from tracegloss.syntax.extract import extract
from tracegloss.syntax.facts import Expression

PUTTING = "    TOOLS['k{n}'] = f{n}\n"
REWRITING = "    global TOOLS\n    TOOLS = {{**TOOLS, 'k{n}': f{n}}}\n    TOOLS['a{n}'] = f{n}\n"
UPDATING = "    global TOOLS\n    TOOLS = dict(TOOLS)\n    TOOLS['k{n}'] = TOOLS['k0']\n"


class Counting(Interpreter):
    """Counts the expressions it was asked about."""

    n_asked = 0

    def evaluate(self, expression: Expression, scope: Scope) -> Values:
        self.n_asked += 1
        return super().evaluate(expression, scope)


def reader_of(body: str, n: int) -> Counting:
    functions = "".join(f"def f{i}():\n{body.format(n=i)}" for i in range(n))
    facts = extract(f"TOOLS = {{}}\n{functions}".encode())
    return Counting(ModuleMap(["app.py"]), {"app.py": facts}.get, API_NAMES)


def n_asked(body: str, n: int) -> int:
    """Ask every function what the mapping holds, and count what that leads to."""
    reader = reader_of(body, n)
    for index in range(n):
        reader.lookup("TOOLS", Scope("app.py", index))
    return reader.n_asked


@pytest.mark.parametrize("body", [PUTTING, REWRITING, UPDATING])
def test_twice_the_functions_lead_to_twice_the_questions(body: str) -> None:
    assert n_asked(body, 80) <= 2.2 * n_asked(body, 40)


def test_all_that_is_put_is_found_under_its_key() -> None:
    [held] = reader_of(PUTTING, 200).lookup("TOOLS", Scope("app.py", 0))
    assert isinstance(held, Table)
    assert [held.get(f"k{n}") for n in range(200)] == [(Function("app.py", n),) for n in range(200)]


def test_more_than_anybody_writes_by_hand_is_left_out_with_a_word() -> None:
    [held] = reader_of(PUTTING, 300).lookup("TOOLS", Scope("app.py", 0))
    assert isinstance(held, Table)
    assert len(held.entries) == 257
    assert held.entries[-1] == (None, (Unknown("..."),))
