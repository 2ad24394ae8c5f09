"""What is shown by choice: lenses for hints, pinned traces alone, traces of a file beside."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lsprotocol import types

from tests.conftest import REPOSITORY
from tests.lsp.editor import Editor, editing
from tests.lsp.test_features import KB, POLICIES, line_of
from tests.lsp.test_sources import without_newest_trace
from tests.workspace.huge import huge_trace
from tracegloss.workspace.worker.skeleton import MOST_WHOLE_SPANS

TRACE_FILE = REPOSITORY / "fixtures" / "traces" / "error-in-tool.json"


async def test_lenses_take_the_place_of_hints_by_setting(editor: Editor) -> None:
    editor.open(KB)
    assert await editor.lenses(KB) == []
    hints = await editor.hints(KB)
    editor.set(show="lens")
    assert await editor.until_asked(lambda: editor.lenses(KB), bool) == hints
    assert await editor.hints(KB) == []
    editor.set(show="off")
    assert await editor.until_asked(lambda: editor.lenses(KB), lambda found: not found) == []
    assert await editor.hints(KB) == []


async def test_pinning_by_an_action_shows_that_trace_alone(editor: Editor) -> None:
    await editor.until(lambda: editor.told(KB) and editor.told(POLICIES))
    trace_id = trace_of(editor, POLICIES)
    await run(editor, "tracegloss.pinTrace", trace_id, "")
    await editor.until(lambda: editor.status == "pinned" and not editor.told(KB))
    assert editor.told(POLICIES) == [("raise", "error-raised")]
    await run(editor, "tracegloss.releaseTrace", trace_id, "")
    await editor.until(lambda: editor.status == "loaded" and len(editor.told(KB)) == 3)


async def test_pins_are_kept_over_restarts(agent: Path) -> None:
    async with editing(agent) as editor:
        await editor.until(lambda: editor.told(POLICIES))
        pinned = trace_of(editor, POLICIES)
        await editor.ask("tracegloss/traces/pin", {"traceIds": [pinned]})
    async with editing(agent) as editor:
        await editor.until(lambda: editor.status == "pinned")
        assert editor.statuses[-1].pinned == [pinned]
        released = await editor.ask("tracegloss/traces/release", {})
        assert released.pinned == []
    async with editing(agent) as editor:
        await editor.loaded()
        assert editor.status == "loaded"


async def test_a_pin_whose_trace_the_store_lost_is_released_and_said(agent: Path) -> None:
    store, older = agent / "mlflow.db", agent.parent / "older.db"
    shutil.copy(store, older)
    without_newest_trace(older)
    async with editing(agent) as editor:
        await editor.until(lambda: editor.told(POLICIES))
        newest = trace_of(editor, POLICIES)
        await editor.ask("tracegloss/traces/pin", {"traceIds": [newest]})
        await editor.until(lambda: editor.status == "pinned")
        older.rename(store)
        await editor.until(lambda: editor.status == "loaded")
        assert editor.statuses[-1].detail.endswith(f"and released: {newest}.")
        await editor.until(lambda: not editor.told(POLICIES))


async def test_a_trace_file_is_a_source(editor: Editor) -> None:
    loaded = await editor.ask("tracegloss/openTraceFile", {"uri": TRACE_FILE.as_uri()})
    await editor.loaded(3)
    assert len(loaded.traceIds) == 1
    assert [(each.traceId, each.isLoaded) for each in loaded.traces] == [(loaded.traceIds[0], True)]


async def test_of_a_huge_trace_pages_come_and_details_are_read_when_asked_for(
    editor: Editor, tmp_path: Path
) -> None:
    file = huge_trace(tmp_path / "huge.json", MOST_WHOLE_SPANS + 1)
    loaded = await editor.ask("tracegloss/openTraceFile", {"uri": file.as_uri()})
    [trace_id] = loaded.traceIds
    last = {"traceId": trace_id, "offset": MOST_WHOLE_SPANS, "limit": 2}
    page = await editor.ask("tracegloss/traces/spans", last)
    assert (page.total > MOST_WHOLE_SPANS, page.rows[0].outcome) == (True, "resolved")
    named = {"traceId": trace_id, "spanId": page.rows[0].spanId}
    detail = await editor.ask("tracegloss/span/detail", named)
    assert detail.inputs is not None
    assert "traces" in str(await editor.hover(KB, line_of(editor, KB, "def search_know"), 8))


@pytest.mark.parametrize("arguments", [[], [3], ["a", "b", "c"], [None]], ids=str)
async def test_commands_with_wrong_arguments_are_refused(
    editor: Editor, arguments: list[object]
) -> None:
    params = {"command": "tracegloss.pinTrace", "arguments": arguments}
    assert await editor.code_of("workspace/executeCommand", params) == -32602


def trace_of(editor: Editor, path: str) -> str:
    """The trace that the first finding of a file is about."""
    return str(editor.diagnostics[editor.uri(path)][0].data["traceId"])  # type: ignore[index]


async def run(editor: Editor, command: str, *arguments: str) -> None:
    params = types.ExecuteCommandParams(command, list(arguments))
    await editor.client.workspace_execute_command_async(params)
