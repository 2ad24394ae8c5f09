"""The code of a span as it ran, as an editor asks for it, on a history that went on since."""

from __future__ import annotations

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
