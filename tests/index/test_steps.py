"""What bodies can do in order: calls, spans, loops, choices, things side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.index.repositories import index_text, spelled
from tracegloss.index.repo import RepoIndex
from tracegloss.model.steps import CallStep, Choice, Loop, SiteStep, Step, Steps, Unordered


def _outline(index: RepoIndex, steps: Steps, indent: str = "") -> Iterator[str]:
    for step in steps.steps:
        yield from _lines(index, step, indent)


def _lines(index: RepoIndex, step: Step, indent: str) -> Iterator[str]:
    inner = f"{indent}  "
    match step:
        case CallStep():
            yield f"{indent}call {' '.join(_reached(index, step))}"
        case SiteStep(site, body):
            yield f"{indent}span {_name(index, site)}"
            yield from _outline(index, body, inner)
        case Loop(body):
            yield f"{indent}loop"
            yield from _outline(index, body, inner)
        case Unordered(body):
            yield f"{indent}together"
            yield from _outline(index, body, inner)
        case Choice(branches, exclusive):
            yield f"{indent}{'either' if exclusive else 'try'}"
            for branch in branches:
                yield f"{indent}-"
                yield from _outline(index, branch, inner)


def _reached(index: RepoIndex, step: CallStep) -> list[str]:
    functions = [function.qualified_name for function in step.functions]
    sites = [f"@{_name(index, site)}" for site in step.sites]
    untold = [*(["?"] if step.open else []), *(["~"] if step.assumed else [])]
    return [*sites, *functions, *untold]


def _name(index: RepoIndex, site: int) -> str:
    return spelled(index.sites[site].names[0])


HEAD = """
import asyncio
import mlflow
from concurrent.futures import ThreadPoolExecutor


@mlflow.trace
def one(x):
    return x


@mlflow.trace(name="second")
def two(x):
    return x


def helper(x):
    return one(x)


class Base:
    def run(self, x):
        return self.step(x)

    def step(self, x):
        raise NotImplementedError


class Left(Base):
    @mlflow.trace(name="left")
    def step(self, x):
        return x


class Right(Base):
    @mlflow.trace(name="right")
    def step(self, x):
        return super().run(x)


def body(x, callback):
"""

CASES = {
    "calls in order of evaluation": ("    return two(one(x))", "call @one\ncall @second"),
    "an untraced helper": ("    helper(x)", "call helper"),
    "a span with its body": (
        "    with mlflow.start_span('in'):\n        one(x)\n    two(x)",
        "span in\n  call @one\ncall @second",
    ),
    "two spans in one statement": (
        "    with mlflow.start_span('a'), mlflow.start_span('b'):\n        one(x)",
        "span a\n  span b\n    call @one",
    ),
    "a manager entered later": (
        "    manager = mlflow.start_span('late')\n    two(x)\n    with manager:\n        one(x)",
        "call @second\nspan late\n  call @one",
    ),
    "loops and comprehensions": (
        "    for y in x:\n        one(y)\n    return [two(y) for y in x]",
        "loop\n  call @one\nloop\n  call @second",
    ),
    "branches": (
        "    if x:\n        one(x)\n    else:\n        two(x)",
        "either\n-\n  call @one\n-\n  call @second",
    ),
    "conditional expressions": (
        "    return one(x) if x else two(x)",
        "either\n-\n  call @one\n-\n  call @second",
    ),
    "try and except": (
        (
            "    try:\n        one(x)\n    except ValueError:\n        two(x)\n"
            "    finally:\n        helper(x)"
        ),
        "try\n-\n  call @one\n-\n  call @second\ncall helper",
    ),
    "a parameter may be anything": ("    callback(x)", "call ?"),
    "a function passed on for each of many": (
        "    return sorted(x, key=one)",
        "loop\n  call @one",
    ),
    "functions passed on": ("    unknown.visit(one)", "call @one"),
    "a dispatch table": (
        "    table = {'a': one, 'b': two}\n    return table[x](x)",
        "call @one @second",
    ),
    "a loop over functions": (
        "    for step in (one, two):\n        x = step(x)",
        "call @one\ncall @second",
    ),
    "a constructor and a method": ("    Left().step(x)", "call @left"),
    "a variable of a class": ("    left = Left()\n    left.run(x)", "call Base.run"),
    "an annotated parameter may be of any class below": (
        "    base: Base = make()\n    base.step(x)",
        "call @left @right Base.step",
    ),
    "a method of an object of unknown type": (
        "    x.step(x)",
        "call @left @right Base.step ?",
    ),
    "methods of builtins are nothing": ("    x.strip().append(print(x))", ""),
    "methods of the span are nothing": (
        "    with mlflow.start_span('s') as span:\n        span.set_inputs(x)",
        "span s",
    ),
    "gathered": (
        "    asyncio.gather(one(x), two(x))",
        "together\n  call @one\n  call @second",
    ),
    "gathered from a comprehension": (
        "    asyncio.gather(*[one(y) for y in x])",
        "together\n  loop\n    call @one",
    ),
    "submitted": (
        "    with ThreadPoolExecutor() as pool:\n        pool.submit(one, x)",
        "together\n  call @one",
    ),
    "mapped by an executor": (
        "    with ThreadPoolExecutor() as pool:\n        pool.map(two, x)",
        "together\n  loop\n    call @second",
    ),
    "traced and called at once": (
        "    return mlflow.trace(helper, name='traced helper')(x)",
        "call @traced helper",
    ),
    "traced first, called later": (
        "    fn = mlflow.trace(helper, name='kept')\n    return fn(x)",
        "call @kept",
    ),
    "a lambda": ("    run = lambda y: one(y)\n    return run(x)", "call body.<locals>.<lambda>"),
}


@pytest.mark.parametrize("source,expected", CASES.values(), ids=CASES)
def test_steps_of_a_body(source: str, expected: str, tmp_path: Path) -> None:
    index = index_text(tmp_path, f"{HEAD}{source}\n").index
    (function,) = (f for f in index.functions if f.qualified_name == "body")
    assert "\n".join(_outline(index, index.steps[function])) == expected


HOOKS = """

class Flow:
    def run(self, x):
        self.open(x)
        self.close(x)

    @mlflow.trace(name="open")
    def open(self, x):
        pass

    @mlflow.trace(name="close")
    def close(self, x):
        pass


class Gated(Flow):
    @mlflow.trace(name="unlock")
    def open(self, x):
        pass

    @mlflow.trace(name="lock")
    def close(self, x):
        pass
"""

METHODS = {
    "calls on one object hang together": (
        "Flow.run",
        "either\n-\n  call @open\n  call @close\n-\n  call @unlock\n  call @lock",
    ),
    "self may be of any class below": ("Base.run", "call @left @right Base.step"),
    "super looks past the own class": ("Right.step", "call Base.run"),
}


@pytest.mark.parametrize("name,expected", METHODS.values(), ids=METHODS)
def test_steps_of_a_method(name: str, expected: str, tmp_path: Path) -> None:
    index = index_text(tmp_path, f"{HEAD}    pass\n{HOOKS}").index
    (function,) = (f for f in index.functions if f.qualified_name == name)
    assert "\n".join(_outline(index, index.steps[function])) == expected


CHAINS = """
class Plain:
    def adjust(self, x):
        pass

    def base(self):
        pass


class Twin(Plain):
    def base(self):
        pass


class Mixin:
    def adjust(self, x):
        return super().adjust(x)


class Beside(Plain):
    def adjust(self, x):
        return super().adjust(x)


class Mixed(Mixin, Plain):
    def go(self):
        return self.adjust(1)


class Both(Mixin, Beside):
    pass


class Diamond(Twin, Beside):
    def go(self):
        return self.base()


@dataclass
class Basket:
    plain: list[Plain] = field(default_factory=list)

    def go(self):
        return [each.adjust(2) for each in self.plain]
"""
CHAINED = {
    "a mixin goes on to what stands beside it": ("Mixin.adjust", "call Plain.adjust Beside.adjust"),
    "Python's order, not that of the levels": ("Diamond.go", "call Twin.base"),
    "a base of its own": ("Beside.adjust", "call Plain.adjust"),
    "a field of a data class is of its annotation": (
        "Basket.go",
        "loop\n  call Plain.adjust Beside.adjust Mixin.adjust",
    ),
}


@pytest.mark.parametrize("name,expected", CHAINED.values(), ids=CHAINED)
def test_steps_along_classes(name: str, expected: str, tmp_path: Path) -> None:
    index = index_text(tmp_path, f"import mlflow\n{CHAINS}").index
    (function,) = (f for f in index.functions if f.qualified_name == name)
    assert "\n".join(_outline(index, index.steps[function])) == expected


PATCHED = """
# --- path: core/engine.py ---
import mlflow


def score(words):
    pass


def handle(words):
    score(words)


def count(words):
    score2(words)


def score2(words):
    pass
# --- path: patches.py ---
import mlflow
from core import engine as eng
import other


def fast(words):
    pass


def install():
    eng.score = fast
    other.score2 = fast
    setattr(eng, "handle", fast)
"""


@pytest.mark.parametrize("name,expected", [("handle", "call score ~"), ("count", "call score2")])
def test_a_function_that_other_code_replaces_is_assumed(
    name: str, expected: str, tmp_path: Path
) -> None:
    index = index_text(tmp_path, PATCHED.lstrip()).index
    (function,) = (f for f in index.functions if f.qualified_name == name)
    assert "\n".join(_outline(index, index.steps[function])) == expected


MODELS = """
import mlflow


class Echo:
    @mlflow.trace(name="echo")
    def reply(self):
        pass


class Shout:
    @mlflow.trace(name="shout")
    def reply(self):
        pass


TABLE = {"echo": Echo, "shout": Shout}


def make(kind):
    return TABLE[kind]()


class Desk:
    backup = None

    def __init__(self, kind, model):
        self.named = make(kind)
        self.model = model
        self.either = model or Echo()
        self.spare = Echo()


DESK = Desk("shout", Echo())


"""

CHOSEN = {
    "a known key": ('def body():\n    make("echo").reply()', "call make\ncall @echo"),
    "a default is one value among unknown ones": (
        'def body(kind="echo"):\n    make(kind).reply()',
        "call make\ncall @echo @shout",
    ),
    "another default for unknown keys": (
        "def body(kind):\n    TABLE.get(kind, mlflow)().reply()",
        "call @echo @shout ?",
    ),
    "what constructors are given elsewhere is assumed": (
        "def body(desk: Desk):\n    desk.model.reply()",
        "call @echo ~",
    ),
    "also what it leads to": (
        "def body(desk: Desk):\n    desk.named.reply()",
        "call @shout ~",
    ),
    "and what may stand in for it": (
        "def body(desk: Desk):\n    desk.either.reply()",
        "call @echo ~",
    ),
    "an attribute that is nothing yet": (
        "def body(desk: Desk):\n    desk.backup.reply()",
        "call @echo @shout ?",
    ),
    "an attribute that other code sets": (
        "def body(desk: Desk):\n    desk.spare.reply()\n\n\nDESK.spare = Shout()",
        "call @echo ~",
    ),
    "a method that other code puts in place": (
        "def body():\n    Echo().reply()\n\n\nEcho.reply = print",
        "call @echo ~",
    ),
    "a method that is traced in place": (
        "def body():\n    Echo().reply()\n\n\nEcho.reply = mlflow.trace(Echo.reply)",
        "call @echo",
    ),
    "an object made on the spot": (
        'def body():\n    Desk("echo", Shout()).model.reply()',
        "call Desk.__init__\ncall @shout",
    ),
}


@pytest.mark.parametrize("source,expected", CHOSEN.values(), ids=CHOSEN)
def test_what_a_choice_may_be(source: str, expected: str, tmp_path: Path) -> None:
    index = index_text(tmp_path, f"{MODELS}{source}\n").index
    (function,) = (f for f in index.functions if f.qualified_name.endswith("body"))
    assert "\n".join(_outline(index, index.steps[function])) == expected


def test_calls_reach_other_files_once_they_are_indexed(tmp_path: Path) -> None:
    text = """# --- path: app.py ---
import mlflow
from middle import through


@mlflow.trace
def start():
    with mlflow.start_span("here"):
        through()
# --- path: middle.py ---
from deep import end


def through():
    end()
# --- path: deep.py ---
import mlflow


@mlflow.trace
def end():
    pass
"""
    state = index_text(tmp_path, text)
    (start,) = (f for f in state.index.functions if f.qualified_name == "start")
    assert state.index.unindexed_imports["app.py"] == {"middle.py"}
    assert "\n".join(_outline(state.index, state.index.steps[start])) == "span here\n  call ?"
    index = state.extend({"middle.py"})
    assert "\n".join(_outline(index, index.steps[start])) == "span here\n  call through"
    (through,) = (f for f in index.functions if f.qualified_name == "through")
    assert "\n".join(_outline(index, index.steps[through])) == "call @end"
