"""Where traces come from, over time: nothing, a store, new traces, a server that is down."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

from lsprotocol import types

from tests.lsp.editor import editing


def without_newest_trace(store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        [(newest,)] = connection.execute(
            "SELECT request_id FROM trace_info ORDER BY timestamp_ms DESC LIMIT 1"
        )
        for table, column in (
            ("spans", "trace_id"),
            ("trace_tags", "request_id"),
            ("trace_request_metadata", "request_id"),
            ("assessments", "trace_id"),
            ("trace_info", "request_id"),
        ):
            connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (newest,))


async def test_a_store_that_appears_is_found_and_new_traces_are_followed(agent: Path) -> None:
    store, whole = agent / "mlflow.db", agent.parent / "whole.db"
    store.rename(whole)
    async with editing(agent) as editor:
        await editor.until(lambda: editor.status == "no-source")
        assert "mlflow.db" in editor.statuses[-1].detail
        older = agent.parent / "older.db"
        shutil.copy(whole, older)
        without_newest_trace(older)
        older.rename(store)
        await editor.loaded(1)
        assert editor.statuses[-1].following
        whole.rename(store)
        await editor.loaded(2)
        assert editor.messages == []


async def test_a_folder_that_traces_nothing_shows_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "main.py").write_text("print('nothing')\n")
    async with editing(folder) as editor:
        await editor.until(lambda: editor.status == "hidden")
        assert (editor.statuses[-1].text, editor.diagnostics) == ("", {})


async def test_a_server_that_is_down_is_told_and_left_by_a_setting(agent: Path) -> None:
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{held.getsockname()[1]}"
        async with editing(agent, options={"trackingUri": address}) as editor:
            await editor.until(lambda: editor.status == "unreachable")
            assert "127.0.0.1" in editor.statuses[-1].detail
            editor.settings = {"trackingUri": "sqlite:///mlflow.db"}
            editor.client.workspace_did_change_configuration(
                types.DidChangeConfigurationParams(None)
            )
            await editor.loaded(2)


async def test_settings_that_cannot_be_used_are_told_and_keep_their_defaults(agent: Path) -> None:
    async with editing(agent, options={"show": "everywhere", "unknown": 1}) as editor:
        await editor.loaded()
        assert [message.split(":")[0] for message in editor.messages] == ["tracegloss.show"]
        assert await editor.hints("retrieval/kb.py")


async def test_two_folders_keep_their_traces_apart(agent: Path) -> None:
    other = agent.parent / "other"
    shutil.copytree(agent, other, ignore=shutil.ignore_patterns("mlflow.db"))
    async with editing(agent, folders=[agent, other]) as editor:
        await editor.until(
            lambda: (
                {each.root: each.traces for each in editor.statuses}
                == {agent.as_uri(): 2, other.as_uri(): 0}
            )
        )
        assert all(uri.startswith(agent.as_uri()) for uri in editor.diagnostics)


async def test_a_client_that_can_nothing_is_served(agent: Path) -> None:
    async with editing(agent, capabilities=types.ClientCapabilities()) as editor:
        await editor.loaded()
        assert (editor.registered, editor.refreshed, editor.progress) == ([], [], [])
