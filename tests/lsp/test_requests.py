"""Every request is answered: wrong parameters, what is not there, faults, cancelled ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.editor import Editor, editing
from tracegloss.lsp.protocol import REQUESTS

INVALID, FAILED, UNKNOWN_METHOD = -32602, -32803, -32601

WRONG = {
    **{method: {"noSuchKey": 1} for method in REQUESTS},
    "textDocument/hover": {"position": 3},
    "textDocument/inlayHint": {"textDocument": {}},
    "textDocument/codeAction": {},
    "workspace/symbol": [],
}


async def test_wrong_parameters_are_answered_and_pop_nothing_up(agent: Path) -> None:
    async with editing(agent) as editor:
        codes = {method: await editor.code_of(method, params) for method, params in WRONG.items()}
        assert codes == dict.fromkeys(WRONG, INVALID)
        editor.send({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"a": 1}})
        assert await editor.code_of("tracegloss/nothing", {}) == UNKNOWN_METHOD
        assert editor.messages == []


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    "method, params",
    [
        ("tracegloss/spanLocation", {"traceId": "tr-0", "spanId": "0"}),
        ("tracegloss/span/detail", {"traceId": "tr-0", "spanId": "0"}),
        ("tracegloss/traces/spans", {"traceId": "tr-0"}),
        ("tracegloss/traces/load", {"traceIds": ["tr-0"]}),
        ("tracegloss/openTraceFile", {"uri": "http://elsewhere/trace.json"}),
        ("tracegloss/openTraceFile", {"uri": "file:///no/such/trace.json"}),
        ("tracegloss/traces/list", {"root": "file:///no/such/folder"}),
    ],
)
async def test_what_is_not_there_is_said_in_one_line(
    reading: Editor, method: str, params: dict[str, object]
) -> None:
    assert await reading.code_of(method, params) == FAILED
    assert reading.messages == []


@pytest.mark.asyncio(loop_scope="module")
async def test_a_page_out_of_bounds_is_refused(reading: Editor) -> None:
    page = {"traceId": "x", "limit": 501}
    assert await reading.code_of("tracegloss/traces/spans", page) == INVALID


@pytest.mark.asyncio(loop_scope="module")
async def test_texts_of_no_root_get_empty_answers(reading: Editor) -> None:
    elsewhere = types.TextDocumentIdentifier("untitled:Untitled-1")
    at = types.HoverParams(elsewhere, types.Position(0, 0))
    assert await reading.client.text_document_hover_async(at) is None


async def test_progress_can_be_stopped_and_the_server_goes_on(agent: Path) -> None:
    async with editing(agent) as editor:

        def stop(token: object) -> None:
            editor.send(
                {
                    "jsonrpc": "2.0",
                    "method": "window/workDoneProgress/cancel",
                    "params": {"token": token},
                }
            )
            editor.on_progress = lambda _token: None

        editor.on_progress = stop
        await editor.until(lambda: editor.statuses and "topped" in editor.statuses[-1].text)
        editor.client.text_document_did_save(
            types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(editor.uri("main.py")))
        )
        await editor.loaded()
        assert editor.progress[-1][1]["kind"] == "end"
