"""Functions that names, parameters and calls leave equal, told apart by recorded values."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.correlate.outlines import outcome, trace_in
from tests.index.repositories import index_text
from tracegloss.correlate import correlate
from tracegloss.model.settings import Settings
from tracegloss.model.trace import Span, Trace
from tracegloss.recorded import JsonValue, Recorded
from tracegloss.tree import span_tree

HEAD = """
import mlflow
def pick(): ...
@mlflow.trace
def search(kind, where="Rome"):
    return pick()
class Store: ...
class Orders(Store): ...
class Users(Store): ...
"""

TWINS = """
class A:
    @mlflow.trace
    def f(self, x{a_takes}):
        {a}
class B:
    @mlflow.trace{b_below}
    def f(self, x{b_takes}):
        {b}
"""

ORDERS = "<app.Orders object at 0x7f3c1ffb57d0>"

CASES: dict[str, tuple[dict[str, str], JsonValue, dict[str, JsonValue], str]] = {
    "one returns something else: the other is left": (
        {"a": "return x.strip()", "b": "return 'never'"}, "a", {}, "A.f strong",
    ),
    "both rule the output out: nothing told": (
        {"a": "return 'ever'", "b": "return 'never'"}, "a", {}, "? A.f, B.f",
    ),
    "one spells it out, the other has it from nowhere: a guess": (
        {"a": "return 'echo: ' + x", "b": "return x.upper()"}, "echo: a", {}, "A.f weak",
    ),
    "one spells it out, the other may hand on what another function returns": (
        {"a": "return 'echo: ' + x", "b": "return pick(x)"}, "echo: a", {}, "? A.f, B.f",
    ),
    "one returns nothing": (
        {"a": "return pick(x)", "b": "pick(x)"}, "a", {}, "A.f strong",
    ),
    "one spells it out, the other something else": (
        {"a": "return 'echo: ' + x", "b": "return 'shout: ' + x"}, "echo: a", {}, "A.f strong",
    ),
    "what was given and handed through is nobody's word": (
        {"a": "return 'echo: ' + x", "b": "return x.strip()"}, "echo: a", {"x": "echo: a "},
        "? A.f, B.f",
    ),
    "a decorator below MLflow's may return something else": (
        {"a": "return x.strip()", "b": "return 'never'", "b_below": "\n    @retried"}, "a", {},
        "? A.f, B.f",
    ),
    "equal keys tell nothing": (
        {"a": "return {'id': x, 'of': 1}", "b": "return pick()"}, {"id": 7, "of": 1}, {},
        "? A.f, B.f",
    ),
    "other keys": (
        {"a": "return {'id': x}", "b": "return {'key': x}"}, {"id": 7}, {}, "A.f strong",
    ),
    "an entry set with another word": (
        {"a": "return [dict(r, k='user') for r in x]",
         "b": "return [dict(r, k='order') for r in x]"},
        [{"k": "user"}], {}, "A.f strong",
    ),
    "an entry that was there before": (
        {"a": "return [dict(r, k='user') for r in x]",
         "b": "return [dict(r, k='order') for r in x]"},
        [{"k": "user"}], {"x": {"k": "user"}}, "? A.f, B.f",
    ),
    "an object of the class that its default gives": (
        {"a": "return x.get(s)", "b": "return x.get(s)", "a_takes": ", s=Orders()",
         "b_takes": ", s=Users()"}, "a", {"x": 1, "s": ORDERS}, "A.f strong",
    ),
    "an object of a class below the annotated one, for both": (
        {"a": "return x.get(s)", "b": "return x.get(s)", "a_takes": ", s: Store",
         "b_takes": ", s: Orders"}, "a", {"x": 1, "s": ORDERS}, "? A.f, B.f",
    ),
    "no output tells nothing": (
        {"a": "return 'ever'", "b": "return x.strip()"}, None, {}, "? A.f, B.f",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_values(name: str, tmp_path: Path) -> None:
    bodies, output, inputs, expected = CASES[name]
    parts = {"a_takes": "", "b_takes": "", "b_below": "", **bodies}
    given: dict[str, JsonValue] = inputs or {"x": 1}

    outlined = trace_in(f"f({', '.join(given)})", lambda span: span_with(span, given, output))
    assert said(tmp_path, HEAD + TWINS.format(**parts), outlined.trace) == [expected]


def test_a_literal_argument_is_in_the_inputs_of_the_call_below(tmp_path: Path) -> None:
    source = HEAD + TWINS.format(
        a="return search('hotel')", b="return search('flight')", a_takes="", b_takes="", b_below=""
    )
    outlined = trace_in("f(x)\n  search(kind, where)", hotel)
    assert said(tmp_path, source, outlined.trace) == ["A.f strong", "search exact"]


@pytest.mark.parametrize(
    "output,expected",
    [("never", "f exact"), ("a", "f weak"), (None, "f exact"), ({"a": 1}, "f weak")],
)
def test_the_only_function_of_a_name_is_not_exact_when_it_cannot_return_the_output(
    output: JsonValue, expected: str, tmp_path: Path
) -> None:
    source = "import mlflow\n@mlflow.trace\ndef f(x):\n    return 'never'\n"
    outlined = trace_in("f(x)", lambda span: span_with(span, {"x": 1}, output))
    assert said(tmp_path, source, outlined.trace) == [expected]


def hotel(span: Span) -> Span:
    return span_with(span, {"kind": "hotel", "where": "Rome"} if span.parent_id else {"x": 1}, 1)


def span_with(span: Span, inputs: JsonValue, output: JsonValue) -> Span:
    return replace(span, inputs=Recorded(inputs), outputs=Recorded(output))


def said(folder: Path, source: str, trace: Trace) -> list[str]:
    index = index_text(folder, source).index
    resolutions = correlate(trace, span_tree(trace), index, {}, Settings()).resolutions
    return [outcome(resolutions[span.span_id]) for span in trace.spans]
