"""A tracking server over time: read, followed, gone, back; and servers that answer nonsense."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.lsp.conftest import record
from tests.lsp.editor import Editor, editing
from tests.lsp.test_features import POLICIES
from tests.tracking_server import NEWEST_STORE, STORES, free_port, serving


async def test_a_server_is_read_followed_missed_and_found_again(agent: Path) -> None:
    (agent / "mlflow.db").unlink()
    database = agent.parent / "server" / "store.db"
    database.parent.mkdir()
    shutil.copy(STORES / NEWEST_STORE / "store.db", database)
    port = free_port()
    with ExitStack() as up:
        address = await asyncio.to_thread(up.enter_context, serving(database, port))
        await asyncio.to_thread(record, agent, address)
        options = {"trackingUri": address, "experiment": "support_agent"}
        async with editing(agent, options=options) as editor:
            await editor.loaded(2)
            assert editor.statuses[-1].following
            await editor.until(lambda: editor.told(POLICIES))
            await asyncio.to_thread(record, agent, address)
            await editor.loaded(4)
            heard = len(editor.statuses)
            await asyncio.to_thread(up.close)
            await editor.until(lambda: unreachable(editor, heard))
            gone = unreachable(editor, heard)[0]
            assert (gone.traces, gone.text.split(", ")[1]) == (4, "retry in 5 s")
            assert "127.0.0.1" in gone.detail
            await editor.until(lambda: any("in 10 s" in each.text for each in editor.statuses))
            assert editor.told(POLICIES) == [("raise", "error-raised")]
            await asyncio.to_thread(up.enter_context, serving(database, port))
            await asyncio.to_thread(record, agent, address)
            await editor.until(
                lambda: editor.status == "loaded" and editor.statuses[-1].traces == 6
            )


def unreachable(editor: Editor, heard: int = 0) -> list[SimpleNamespace]:
    """What was said since of a server that cannot be reached."""
    return [each for each in editor.statuses[heard:] if each.state == "unreachable"]


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[str]:
    """Serve one answer to whatever is asked; an empty one never comes."""

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if not answer:
            await reader.read()
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer)
        writer.write(head + answer)
        writer.close()

    server = await asyncio.start_server(answered, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


@pytest.mark.parametrize(
    "answer",
    [b"<html>Sign in</html>", b"{", b"[]", b"\xff\xfe", b'{"experiments": 3}', b""],
    ids=["a page", "half", "list", "bytes", "another shape", "none"],
)
async def test_a_server_that_answers_nonsense_is_told_and_harms_nothing(
    agent: Path, answer: bytes
) -> None:
    async with answering(answer) as address:
        options = {"trackingUri": address, "experiment": "support_agent", "timeoutSeconds": 0.5}
        async with editing(agent, options=options) as editor:
            await editor.until(lambda: unreachable(editor))
            first = unreachable(editor)[0]
            assert "retry in 5 s" in first.text
            assert first.sites > 0
            opened = {"uri": (agent / "none.json").as_uri()}
            assert await editor.code_of("tracegloss/openTraceFile", opened) == -32803
            editor.set(trackingUri="sqlite:///mlflow.db")
            await editor.loaded(2)
            assert editor.messages == []
