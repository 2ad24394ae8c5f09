"""What can be done at a place, as the text that comes out."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.overlay.laying import call, document, key, laid, place_of, raised, site_at
from tests.report.builder import S, judged
from tracegloss.ide.actions.action import Action
from tracegloss.ide.code_actions import code_actions
from tracegloss.index.repo import RepoIndex
from tracegloss.model.finding import Finding
from tracegloss.model.resolution import Resolved
from tracegloss.model.site import LiteralName, Site
from tracegloss.model.trace import SpanException
from tracegloss.overlay.ignores import ignored_rules
from tracegloss.recorded import Recorded
from tracegloss.snapshot import Document, Root, Snapshot, TraceOnCode, snapshot_of
from tracegloss.text import LineIndex, Position, range_of


def root(*files: str) -> Root:
    return Root("r0", "app", RepoIndex(frozenset(files), frozenset(), (), {}, {}))


def opened(source: str, *traces: TraceOnCode, sites: tuple[Site, ...] = ()) -> Snapshot:
    held = replace(document(source), sites=sites)
    return snapshot_of([root("app.py")], traces, [held])


def offered(snapshot: Snapshot, at: Position, title: str) -> Action | None:
    found = [a for a in code_actions(snapshot, key(), at) if a.title.startswith(title)]
    assert len(found) < 2
    return found[0] if found else None


def applied(source: str, action: Action | None) -> str:
    """Apply the edits of an action to a text, or say that there is no such action."""
    if action is None:
        return "not offered"
    lines = LineIndex.of(source.encode())
    [file] = action.edits
    result = source.encode()
    for edit in sorted(file.edits, key=lambda e: e.range.start, reverse=True):
        start, end = lines.offset_of(edit.range.start), lines.offset_of(edit.range.end)
        result = result[:start] + edit.text.encode() + result[end:]
    return result.decode()


# --- add @mlflow.trace -------------------------------------------------------------------------

ADD = {
    "a plain function": (
        "import os\n\n\ndef run(x):\n    return x\n",
        "import os\nimport mlflow\n\n\n@mlflow.trace\ndef run(x):\n    return x\n",
    ),
    "no import at all": (
        "def run(x):\n    return x\n",
        "import mlflow\n\n\n@mlflow.trace\ndef run(x):\n    return x\n",
    ),
    "a docstring first": (
        '"""What.\n\nMore.\n"""\n\ndef run(x): ...\n',
        '"""What.\n\nMore.\n"""\n\nimport mlflow\n\n@mlflow.trace\ndef run(x): ...\n',
    ),
    "only a future import": (
        "from __future__ import annotations\n\ndef run(x): ...\n",
        "from __future__ import annotations\n\nimport mlflow\n\n@mlflow.trace\ndef run(x): ...\n",
    ),
    "an import in parentheses last": (
        "from a import (\n    b,\n    c,\n)\n\ndef run(x): ...\n",
        "from a import (\n    b,\n    c,\n)\nimport mlflow\n\n@mlflow.trace\ndef run(x): ...\n",
    ),
    "mlflow by another name": (
        "import mlflow as m\n\ndef run(x): ...\n",
        "import mlflow as m\n\n@m.trace\ndef run(x): ...\n",
    ),
    "trace imported by itself": (
        "from mlflow import (\n    log_metric,\n    trace as t,\n)\n\ndef run(x): ...\n",
        "from mlflow import (\n    log_metric,\n    trace as t,\n)\n\n@t\ndef run(x): ...\n",
    ),
    "a method": (
        "import mlflow\n\nclass A:\n    async def run(self): ...\n",
        "import mlflow\n\nclass A:\n    @mlflow.trace\n    async def run(self): ...\n",
    ),
    "under staticmethod": (
        "import mlflow\n\nclass A:\n    @staticmethod\n    def run(x): ...\n",
        "import mlflow\n\nclass A:\n    @staticmethod\n    @mlflow.trace\n    def run(x): ...\n",
    ),
    "under classmethod": (
        "import mlflow\n\nclass A:\n    @classmethod\n    def run(cls): ...\n",
        "import mlflow\n\nclass A:\n    @classmethod\n    @mlflow.trace\n    def run(cls): ...\n",
    ),
    "under a tool with arguments": (
        'import mlflow\n\n@tool(\n    "search",\n)\n@cached\ndef run(x): ...\n',
        'import mlflow\n\n@tool(\n    "search",\n)\n@cached\n@mlflow.trace\ndef run(x): ...\n',
    ),
    "a context manager": (
        "@contextmanager\ndef run(x):\n    yield\n",
        "not offered",
    ),
    "an overload": ("@typing.overload\ndef run(x): ...\n", "not offered"),
    "traced already, under another name": (
        "import mlflow\n\n@mlflow.trace(name='r')\ndef run(x): ...\n",
        "not offered",
    ),
    "a class": ("class run:\n    pass\n", "not offered"),
}


@pytest.mark.parametrize("source, expected", ADD.values(), ids=ADD)
def test_add_trace(source: str, expected: str) -> None:
    word = "class run" if "class run" in source else "def run"
    at = place_of(source, word, token="run").range.start
    result = applied(source, offered(opened(source), at, "Add @"))
    assert result == expected
    if result != "not offered":
        ast.parse(result)


def test_a_function_with_a_site_is_not_traced_twice() -> None:
    source = "import mlflow\n\n@own_wrapper\ndef run(x): ...\n"
    at = place_of(source, "def run", token="run").range.start
    assert offered(opened(source, sites=(site_at(source, "run"),)), at, "Add") is None


# --- name an anonymous span --------------------------------------------------------------------

NAME = {
    "after the first call inside": (
        "with mlflow.start_span() as span:\n        found = store.lookup(question)",
        'with mlflow.start_span("lookup") as span:\n        found = store.lookup(question)',
    ),
    "not after what is called on the span itself": (
        "with mlflow.start_span() as s:\n        s.set_outputs(find(question))",
        'with mlflow.start_span("find") as s:\n        s.set_outputs(find(question))',
    ),
    "before other arguments": (
        'with mlflow.start_span(span_type="TOOL"):\n        ask()',
        'with mlflow.start_span("ask", span_type="TOOL"):\n        ask()',
    ),
    "after the function where nothing is called": (
        "with mlflow.start_span():\n        x = 1",
        'with mlflow.start_span("answer_part"):\n        x = 1',
    ),
}


@pytest.mark.parametrize("block, named", NAME.values(), ids=NAME)
def test_name_span(block: str, named: str) -> None:
    head = "import mlflow\n\ndef answer(question):\n    "
    source = f"{head}{block}\n"
    at = place_of(source, "start_span")
    site = Site(
        kind="context",
        at=at,
        extent=range_of(3, 4, 4, 40),
        names=(LiteralName("span", "default"),),
        qualified_name="answer",
        function=None,
    )
    action = offered(opened(source, sites=(site,)), at.range.start, "Name this span")
    assert applied(source, action) == f"{head}{named}\n"
    named_site = replace(site, names=(LiteralName("x", "literal"),))
    assert offered(opened(source, sites=(named_site,)), at.range.start, "Name") is None


# --- ignore ------------------------------------------------------------------------------------

IGNORE = {
    "a plain line": ('raise ValueError("no")', "  # tracegloss: ignore[error-raised]"),
    "with a comment": ('raise ValueError("no")  # why', "  # tracegloss: ignore[error-raised]"),
}


def failing(source: str, *, at: str = "raise") -> TraceOnCode:
    return laid(source, call(source, "answer"), findings=(raised(source, "answer", at),))


@pytest.mark.parametrize("row, added", IGNORE.values(), ids=IGNORE)
def test_ignore_writes_a_comment_that_silences(row: str, added: str) -> None:
    source = f"def answer():\n    {row}\n"
    at = place_of(source, "raise").range
    result = applied(source, offered(opened(source, failing(source)), at.start, "Ignore"))
    assert result == f"def answer():\n    {row}{added}\n"
    assert ignored_rules(LineIndex.of(result.encode()), at.start.line, at.start.line) == {
        "error-raised"
    }
    assert not opened(result, failing(source)).overlay.allowed


def test_ignore_adds_to_a_comment_that_is_there() -> None:
    source = "def answer():\n    raise ValueError()  # tracegloss: ignore[slow-span]\n"
    at = place_of(source, "raise").range.start
    assert applied(
        source, offered(opened(source, failing(source)), at, "Ignore")
    ) == source.replace("slow-span", "slow-span, error-raised")


@pytest.mark.parametrize("row", ["raise \\\n        ValueError()", 'raise V("""a\n    b""")'])
def test_a_line_that_goes_on_gets_the_comment_above(row: str) -> None:
    source = f"def answer():\n    {row}\n"
    at = place_of(source, "raise").range.start
    result = applied(source, offered(opened(source, failing(source)), at, "Ignore"))
    assert result == source.replace(
        "    raise", "    # tracegloss: ignore[error-raised]\n    raise"
    )
    assert not opened(result, failing(source)).overlay.allowed


# --- pin ---------------------------------------------------------------------------------------

TRACED = "def answer(question, limit=3):\n    return question\n"


def test_pin_and_release() -> None:
    trace = laid(TRACED, call(TRACED, "answer"), trace="tr-1")
    at = place_of(TRACED, "answer").range.start
    loaded = snapshot_of((), [trace])
    [pin] = code_actions(loaded, key(), at)
    assert (pin.title, pin.release) == ("Pin this trace (tr-1)", False)
    assert pin.pin is not None
    assert pin.pin.trace_id == "tr-1"
    [release] = code_actions(snapshot_of((), [trace], pinned=frozenset({"tr-1"})), key(), at)
    assert (release.title, release.release) == ("Release the pinned trace", True)
    assert code_actions(loaded, key(), Position(1, 0)) == ()


# --- create a test -----------------------------------------------------------------------------


def test_source_of(snapshot: Snapshot, at: Position) -> str:
    action = offered(snapshot, at, "Create")
    if action is None:
        return "not offered"
    [file] = action.edits
    assert file.creates
    assert action.opens
    return file.edits[0].text


test_source_of.__test__ = False  # type: ignore[attr-defined]


def recorded(
    source: str, name: str, inputs: object, outputs: object = ..., **more: Any
) -> TraceOnCode:
    findings: tuple[Finding, ...] = more.pop("findings", ())
    assessments = more.pop("assessments", ())
    span: S = call(source, name, inputs=inputs, outputs=outputs, more=more)
    return laid(source, span, trace="tr-1", findings=findings, assessments=assessments)


def error(name: str) -> tuple[SpanException, ...]:
    return (SpanException(Recorded(name), Recorded("no"), (), Recorded("")),)


APP = """\
import asyncio
from dataclasses import dataclass


@dataclass
class Found:
    title: str
    score: float


class Missing(Exception):
    pass


def answer(question, limit=3):
    return f"{question}{limit}"


def half(number):
    return number / 2


def find(query, **options):
    return [Found(query, 0.5)]


async def later(x):
    return {"x": x}


def stream(n):
    yield from range(n)


def fails(x):
    raise ValueError("no")


def misses(x):
    raise Missing("no")


class Shop:
    @staticmethod
    def price(article):
        return len(article)

    def own(self, x):
        return x
"""
RUNS: dict[str, tuple[str, dict[str, Any], Any, dict[str, Any]]] = {
    "a text": ("answer", {"question": "why?\n\u202e", "limit": 2}, "why?\n\u202e2", {}),
    "a number": ("half", {"number": 3}, 1.5, {}),
    "plain data of objects": (
        "find", {"query": "a", "options": {"deep": True}}, [{"title": "a", "score": 0.5}], {},
    ),
    "async": ("later", {"x": None}, {"x": None}, {}),
    "a generator": ("stream", {"n": 3}, [0, 1, 2], {}),
    "Python's own error": ("fails", {"x": 1}, None, {"exceptions": error("ValueError")}),
    "an own error": ("misses", {"x": 1}, None, {"exceptions": error("app.Missing")}),
    "a static method": ("Shop.price", {"article": "lamp"}, 4, {}),
    "a long text": ("answer", {"question": "word " * 200, "limit": 1}, "word " * 200 + "1", {}),
    "redacted inputs": (
        "answer", {"question": "mail me@example.com", "limit": 1}, "mail me@example.com1", {},
    ),
    "an expectation": (
        "answer", {"question": "a refund", "limit": 1}, "wrong",
        {"assessments": (judged("expected", "unmet", "refund", span_id="0000000000000001"),)},
    ),
    "judged wrong": (
        "answer", {"question": "a", "limit": 1}, "b1",
        {"assessments": (judged("right", "failed", False, "no", span_id="0000000000000001"),)},
    ),
}  # fmt: skip


def variadic(trace: TraceOnCode) -> TraceOnCode:
    [resolution] = trace.correlation.resolutions.values()
    assert isinstance(resolution, Resolved)
    site = replace(resolution.site, variadic=("options",))
    resolutions = {"0000000000000001": replace(resolution, site=site)}
    return replace(trace, correlation=replace(trace.correlation, resolutions=resolutions))


def test_created_tests_run_and_pass(tmp_path: Path) -> None:
    """All of them in one run of pytest, in the folder they are made for."""
    (tmp_path / "app.py").write_text(APP)
    for number, (name, inputs, outputs, more) in enumerate(RUNS.values()):
        trace = recorded(APP, name, inputs, outputs, **more)
        snapshot = opened(APP, variadic(trace) if "options" in inputs else trace)
        short = name.rpartition(".")[2]
        at = place_of(APP, f"def {short}", token=short).range.start
        source = test_source_of(snapshot, at)
        (tmp_path / f"test_{number}_{short}.py").write_text(source, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert f"{len(RUNS)} passed" in ran.stdout, ran.stdout + ran.stderr


def test_what_a_created_test_looks_like() -> None:
    snapshot = opened(APP, recorded(APP, "find", {"query": "a"}, [{"title": "a", "score": 0.5}]))
    at = place_of(APP, "def find", token="find").range.start
    assert (
        test_source_of(snapshot, at)
        == '''\
"""What find makes of one call, recorded in trace tr-1."""

import json
from collections.abc import Iterator

import mlflow
import pytest
from mlflow.tracing.utils import TraceJSONEncoder

from app import find


@pytest.fixture(autouse=True)
def without_tracing() -> Iterator[None]:
    """Keep this test out of the tracking store."""
    mlflow.tracing.disable()
    yield
    mlflow.tracing.enable()


def as_recorded(value: object) -> object:
    """Turn a value into the plain data that MLflow records of it."""
    return json.loads(json.dumps(value, cls=TraceJSONEncoder))


def test_find_answers() -> None:
    result = find(
        query='a',
    )

    assert as_recorded(result) == [{'title': 'a', 'score': 0.5}]
'''
    )


NOT_OFFERED = {
    "a method needs its object": ("Shop.own", {"x": 1}),
    "an input the function does not take": ("half", {"amount": 1}),
    "inputs that are no object": ("half", [1]),
    "no inputs": ("half", ...),
    "no literal": ("half", {"number": float("nan")}),
    "too large": ("half", {"number": ["x" * 100] * 1000}),
}


@pytest.mark.parametrize("name, inputs", NOT_OFFERED.values(), ids=NOT_OFFERED)
def test_no_test_is_offered(name: str, inputs: object) -> None:
    short = name.rpartition(".")[2]
    at = place_of(APP, f"def {short}", token=short).range.start
    assert test_source_of(opened(APP, recorded(APP, name, inputs, 1)), at) == "not offered"


@pytest.mark.parametrize(
    "files, path, created, module",
    [
        (["app.py"], "app.py", "test_run.py", "app"),
        (["app.py", "test_run.py"], "app.py", "test_run_2.py", "app"),
        (["pkg/a.py", "conftest.py"], "pkg/a.py", "tests/test_run.py", "pkg.a"),
        (["pkg/a.py", "tests/__init__.py"], "pkg/a.py", "tests/test_run.py", "pkg.a"),
        (["src/pkg/a.py"], "src/pkg/a.py", "tests/test_run.py", "pkg.a"),
        (["src/__init__.py", "src/a.py"], "src/a.py", "test_run.py", "src.a"),
        (["pkg/__init__.py"], "pkg/__init__.py", "test_run.py", "pkg"),
    ],
)
def test_where_a_test_goes_and_what_it_imports(
    files: list[str], path: str, created: str, module: str
) -> None:
    source = "def run(x):\n    return x\n"
    trace = laid(source, call(source, "run", path=path, inputs={"x": 1}, outputs=1), path=path)
    snapshot = snapshot_of([root(*files)], [trace], [document(source, path)])
    at = place_of(source, "run").range.start
    [action] = [a for a in code_actions(snapshot, key(path), at) if a.title.startswith("Create")]
    assert action.edits[0].key == key(created)
    assert f"from {module} import run\n" in action.edits[0].edits[0].text


def test_actions_need_no_trace_and_survive_a_broken_text() -> None:
    broken = Document(key(), LineIndex.of(b"def run(:\n"), 1)
    assert code_actions(snapshot_of((), (), [broken]), key(), Position(0, 5)) == ()
