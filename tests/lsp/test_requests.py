"""Every request is answered: wrong parameters, what is not there, faults, cancelled ones."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.editor import Editor, editing
from tracegloss.lsp.create import create_server
from tracegloss.lsp.protocol import REQUESTS

INVALID, FAILED, UNKNOWN_METHOD, CANCELLED = -32602, -32803, -32601, -32800

# The handshake and its end have tests of their own.
METHODS = sorted(create_server().protocol.fm.features)
REQUESTED = [
    each
    for each in METHODS
    if types.METHOD_TO_TYPES.get(each, (None, object))[1] is not None
    and each not in {types.SHUTDOWN, types.INITIALIZE}
] + [types.WORKSPACE_EXECUTE_COMMAND]
WRONG: tuple[object, ...] = (
    [],
    3,
    "text",
    {"noSuchKey": 1},
    {"textDocument": 3, "traceIds": 3, "command": 3},
)


def test_every_custom_request_has_a_handler() -> None:
    assert set(REQUESTS) <= set(REQUESTED)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("params", WRONG, ids=str)
async def test_wrong_parameters_are_answered_and_pop_nothing_up(
    reading: Editor, params: object
) -> None:
    codes = {method: await reading.code_of(method, params) for method in REQUESTED}
    assert codes == dict.fromkeys(REQUESTED, INVALID)
    assert reading.messages == []


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("uri", ["file:///%00%ff", "http://[::1", "file://[", "untitled:1", ""])
async def test_of_what_is_no_address_of_a_file_nothing_is_known(reading: Editor, uri: str) -> None:
    at = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}}
    for method in ("hover", "codeLens", "definition"):
        assert await reading.code_of(f"textDocument/{method}", at) == 0


@pytest.mark.asyncio(loop_scope="module")
async def test_unreadable_notifications_and_unknown_methods_stop_nothing(reading: Editor) -> None:
    for method in METHODS:
        if method not in {*REQUESTED, types.SHUTDOWN, types.INITIALIZE, types.EXIT}:
            reading.send({"jsonrpc": "2.0", "method": method, "params": {"a": 1}})
    reading.send({"jsonrpc": "2.0", "method": "textDocument/noSuch", "params": [1]})
    assert await reading.code_of("tracegloss/nothing", {}) == UNKNOWN_METHOD
    assert (await reading.ask("tracegloss/traces/list", {})).traces
    assert reading.messages == []


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


async def test_indexing_can_be_stopped_also_when_it_hangs_and_begins_again(agent: Path) -> None:
    # The worker waits for somebody to write its settings.
    settings = agent / "pyproject.toml"
    os.mkfifo(settings)
    async with editing(agent) as editor:
        await editor.until(lambda: editor.progress)
        token, begun = editor.progress[0]
        assert begun["cancellable"]
        cancel = {"jsonrpc": "2.0", "method": "window/workDoneProgress/cancel"}
        editor.send({**cancel, "params": {"token": token}})
        await editor.until(lambda: editor.statuses and "topped" in editor.statuses[-1].text)
        assert editor.progress[-1] == (token, {"kind": "end"})
        settings.unlink()
        document = types.TextDocumentIdentifier(editor.uri("main.py"))
        editor.client.text_document_did_save(types.DidSaveTextDocumentParams(document))
        await editor.loaded()


async def test_progress_counts_under_the_token_of_a_request(editor: Editor) -> None:
    traces = (await editor.ask("tracegloss/traces/list", {})).traces
    asked = {"traceIds": [each.traceId for each in traces], "workDoneToken": "mine"}
    await editor.ask("tracegloss/traces/load", asked)
    await editor.until(lambda: editor.progress[-1] == ("mine", {"kind": "end"}))
    told = [value for token, value in editor.progress if token == "mine"]
    assert [each.get("message") for each in told] == [None, "1 of 2", "2 of 2", None]
    assert [each.get("percentage") for each in told] == [0, 50, 100, None]


async def test_loading_can_be_stopped_and_the_server_goes_on(editor: Editor) -> None:
    pipe = editor.root / "never-written.json"
    os.mkfifo(pipe)
    asked = {"uri": pipe.as_uri(), "workDoneToken": "mine"}
    loading = asyncio.ensure_future(editor.code_of("tracegloss/openTraceFile", asked))
    # Opening the other end returns once the worker has opened its own.
    writing = await asyncio.to_thread(os.open, pipe, os.O_WRONLY)
    cancel = {"jsonrpc": "2.0", "method": "window/workDoneProgress/cancel"}
    editor.send({**cancel, "params": {"token": "mine"}})
    assert await loading == FAILED
    assert (await editor.ask("tracegloss/traces/list", {})).traces
    os.close(writing)


async def test_a_request_can_be_cancelled_and_the_server_goes_on(editor: Editor) -> None:
    pipe = editor.root / "never-written.json"
    os.mkfifo(pipe)
    asked = {"uri": pipe.as_uri()}
    loading = asyncio.ensure_future(editor.code_of("tracegloss/openTraceFile", asked))
    writing = await asyncio.to_thread(os.open, pipe, os.O_WRONLY)
    cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest"}
    editor.send({**cancel, "params": {"id": editor.last_asked}})
    assert await loading == CANCELLED
    assert (await editor.ask("tracegloss/traces/list", {})).traces
    os.close(writing)
