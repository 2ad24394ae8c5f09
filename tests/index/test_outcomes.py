"""What functions return and pass on, as far as their source tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.index.repositories import index_text
from tracegloss.model.outcome import Fields, Just, Made, Outcome, Passed, Row, Taken, Untold, Worded

HEAD = """
import mlflow
KIND = "order"
def build(): ...
class Store: ...
class Orders(Store): ...
def open_orders():
    return Orders()
class Depends:
    def __init__(self, given): ...
"""
ANY = Untold()
MADE = Made()


def outcome(folder: Path, source: str) -> Outcome:
    index = index_text(folder, f"{HEAD}\n{source}").index
    found = [f for f in index.outcomes if f.qualified_name in {"f", "C.f"}]
    assert len(found) == 1
    return index.outcomes[found[0]]


@pytest.mark.parametrize(
    "body, returns",
    [
        ("return 'never'", [Just("never")]),
        ("return 'echo: ' + x[:3]", [Worded(("echo: ", ""))]),
        ("return f'{x} of {KIND}s'", [Worded(("", " of ", "s"))]),
        ("return KIND", [Just("order")]),
        ("return {'k': 'a', 'of': x}", [Fields((("k", Just("a")), ("of", MADE)), more=False)]),
        ("return {**x, 'k': 'a'}", [Fields((("k", Just("a")),), more=True, sure=False)]),
        ("return dict(x, k='a')", [Fields((("k", Just("a")),), more=True)]),
        ("return dict(k='a', **x)", [Fields((("k", Just("a")),), more=True, sure=False)]),
        ("return ['a', x]", [Row((Just("a"), MADE))]),
        ("return [*x, 'a']", [ANY]),
        ("text = 'a' if x else 'b'\n    return text", [Just("a"), Just("b")]),
        ("return x.strip()[:3]", [MADE]),
        ("return x.get('a')", [ANY]),
        ("return build(x)", [ANY]),
        ("return [build() for _ in x]", [ANY]),
        ("if x:\n        return 'a'\n    return 'b'", [Just("a"), Just("b")]),
        ("return 'a' if x else 2", [Just("a"), Just(2)]),
        ("text = 'a'\n    return text", [Just("a")]),
        ("text = 'a'\n    text = x.strip()\n    return text", [Just("a"), ANY]),
        ("text = 'a'\n    text += x\n    return text", [Just("a"), ANY]),
        ("if x:\n        return None\n    return 'a'", [Just("a")]),
        ("build()", []),
        ("yield 'a'", [ANY]),
    ],
)  # fmt: skip
def test_returns(body: str, returns: list[object], tmp_path: Path) -> None:
    assert list(outcome(tmp_path, f"@mlflow.trace\ndef f(x):\n    {body}\n").returns) == returns


def test_a_mapping_that_may_be_changed_before_it_is_returned_is_not_sure(tmp_path: Path) -> None:
    found = outcome(tmp_path, "def f(x):\n    out = {'k': 'a'}\n    out['m'] = x\n    return out\n")
    assert found.returns == (Fields((("k", Just("a")), ("m", ANY)), more=True, sure=False),)


@pytest.mark.parametrize(
    "decorators, own",
    [
        ("@mlflow.trace", True),
        ("@mlflow.trace(name='x')\n@functools.lru_cache(maxsize=None)", True),
        ("@retried(3)\n@mlflow.trace", True),
        ("@mlflow.trace\n@retried(3)", False),
        ("@traced", False),
        ("", True),
    ],
)
def test_what_a_decorator_below_may_change_is_not_the_functions_own(
    decorators: str, own: bool, tmp_path: Path
) -> None:
    assert outcome(tmp_path, f"{decorators}\ndef f(x):\n    return 'a'\n").own is own


@pytest.mark.parametrize(
    "body, passes",
    [
        ("search('hotel', k='b')", {Passed("search", 0, "hotel"), Passed("search", "k", "b")}),
        ("search(x, 'hotel')", {Passed("search", 1, "hotel")}),
        ("search(*x, 'hotel')", set()),
        ("self.client.search(kind=2)", {Passed("search", "kind", 2)}),
        ("x['kind'] = 'b'", {Passed("", "kind", "b")}),
        ("[dict(each, kind='b') for each in x]", {Passed("dict", "kind", "b")}),
        ("search(kind=x)", set()),
    ],
)  # fmt: skip
def test_literals_passed_on(body: str, passes: set[Passed], tmp_path: Path) -> None:
    assert outcome(tmp_path, f"def f(x):\n    {body}\n").passes == passes


@pytest.mark.parametrize(
    "parameters, classes",
    [
        ("store: Orders", {"Orders"}),
        ("store: Store", {"Store", "Orders"}),
        ("store=Depends(open_orders)", {"Depends", "Orders"}),
        ("store=Orders()", {"Orders"}),
        ("store", set()),
        ("store=None", set()),
        ("store: str = ''", set()),
    ],
)
def test_classes_of_parameters(parameters: str, classes: set[str], tmp_path: Path) -> None:
    found = outcome(tmp_path, f"def f({parameters}):\n    return build()\n")
    assert set(found.takes) == {Taken("store", "app.py", name) for name in classes}
