"""The code of a span as it ran, as an editor asks for it, on a history that went on since."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.eval.history.cases import HISTORIES, UNKNOWN
from tests.eval.history.making import Made, app_files, make
from tests.eval.history.marked import written
from tests.lsp.editor import Editor, editing
from tests.report.test_span_code import span_of
from tracegloss.lsp.protocol import OPEN_TRACE_FILE, SPAN_CODE

GROWN = next(history for history in HISTORIES if history.name == "grown")
FAILED = -32803
IDENTITY = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")


@pytest.fixture
def made(tmp_path: Path) -> Made:
    (tmp_path / "home").mkdir()
    return make(GROWN, tmp_path)


@pytest_asyncio.fixture
async def grown(made: Made) -> AsyncIterator[Editor]:
    async with editing(made.root) as editor:
        yield editor


async def code_of(editor: Editor, label: str) -> dict[str, str]:
    """Open the trace of a label, and name the span."""
    await editor.until(lambda: editor.status in {"no-source", "loaded"})
    trace, span = span_of("desk", label)
    opened = await editor.ask(OPEN_TRACE_FILE, {"uri": trace.as_uri()})
    return {"traceId": opened.traceIds[0], "spanId": span}


async def test_both_sides_of_a_difference(grown: Editor, made: Made) -> None:
    answer = await grown.ask(SPAN_CODE, await code_of(grown, "find_order"))
    assert answer.then.text == written(app_files("desk"))["desk/tools.py"]
    assert answer.then.commit == made.recorded
    assert (answer.then.startLine, answer.then.endLine) == (14, 19)
    assert answer.now.uri == (made.root / "desk/tools.py").as_uri()
    assert answer.now.qualifiedName == "lookup_order"
    assert "-def find_order(text):\n+def lookup_order(text):\n" in answer.diff


async def test_a_function_that_is_gone_has_no_other_side(grown: Editor) -> None:
    answer = await grown.ask(SPAN_CODE, await code_of(grown, "greet"))
    assert answer.now is None
    assert "def greet(self):" in answer.then.text


async def test_what_is_not_known_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    async with editing(make(UNKNOWN, tmp_path).root) as editor:
        span = await code_of(editor, "complete")
        assert await editor.code_of(SPAN_CODE, span) == FAILED
        assert await editor.code_of(SPAN_CODE, {**span, "spanId": "0"}) == FAILED


RECORDED = """\
import json

import mlflow
from app import answer

mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.set_experiment("edited")
mlflow.genai.enable_git_model_versioning()
answer("why")
mlflow.flush_trace_async_logging()
trace = mlflow.get_trace(mlflow.get_last_active_trace_id())
print(json.dumps({"traceId": trace.info.trace_id, "spanId": trace.data.spans[0].span_id}))
"""
COMMITTED = """\
import mlflow


@mlflow.trace
def answer(question):
    return "committed"
"""


@pytest.fixture
def edited(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A program that ran with edits, which were thrown away since, and the span it recorded."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "app.py").write_text(COMMITTED, encoding="utf-8")
    (root / ".gitignore").write_text("mlflow.db*\nmlruns\n", encoding="utf-8")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "Begin")):
        subprocess.run(["git", *IDENTITY, *words], cwd=root, check=True)
    (root / "app.py").write_text(COMMITTED.replace("committed", "edited"), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", RECORDED], cwd=root, capture_output=True, text=True, check=True
    )
    (root / "app.py").write_text(COMMITTED, encoding="utf-8")
    return root, json.loads(ran.stdout.splitlines()[-1])


async def test_edits_that_a_model_stored_are_what_ran(edited: tuple[Path, dict[str, str]]) -> None:
    root, span = edited
    async with editing(root, options={"trackingUri": f"sqlite:///{root / 'mlflow.db'}"}) as editor:
        await editor.until(lambda: editor.status == "loaded")
        answer = await editor.ask(SPAN_CODE, span)
    assert 'return "edited"' in answer.then.text
    assert answer.uncommittedEditsKnown
    assert answer.diff.endswith('-    return "edited"\n+    return "committed"\n')
