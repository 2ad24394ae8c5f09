"""No process is left behind: not after a clean end, nor when the client is simply gone."""

from __future__ import annotations

import asyncio
import os
import select
import sys
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient

from tests.lsp.editor import LONGEST_SECONDS, Editor


def children(pid: int) -> list[int]:
    """Open the children of a process as descriptors that become readable when they end."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [os.pidfd_open(int(each)) for each in listed]


async def all_gone(processes: list[int]) -> None:
    for process in processes:
        waiting = select.poll()
        waiting.register(process, select.POLLIN)
        assert await asyncio.to_thread(waiting.poll, LONGEST_SECONDS * 1000)
        os.close(process)


async def test_shutdown_and_exit_end_with_status_zero(agent: Path) -> None:
    editor = Editor(agent)
    await editor.start()
    await editor.loaded()
    workers = children(editor.pid)
    assert len(workers) == 1
    assert await editor.leave() == 0
    await all_gone(workers)
    await editor.client.stop()


async def test_a_closed_input_ends_server_and_worker_while_they_work(agent: Path) -> None:
    editor = Editor(agent)
    await editor.start()
    # Indexing has begun when its progress is shown.
    await editor.until(lambda: editor.progress)
    workers = children(editor.pid)
    editor.client._server.stdin.close()
    assert await editor.gone() == 0
    await all_gone(workers)
    await editor.client.stop()


async def test_the_worker_goes_when_the_server_is_killed(agent: Path) -> None:
    editor = Editor(agent)
    await editor.start()
    await editor.loaded()
    workers = children(editor.pid)
    editor.client._server.kill()
    await editor.gone()
    await all_gone(workers)
    await editor.client.stop()


async def test_over_tcp_one_client_is_served_and_a_second_finds_the_door_closed(
    tmp_path: Path,
) -> None:
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tracegloss", "lsp", "--tcp", "127.0.0.1:0"),
        stderr=asyncio.subprocess.PIPE,
    )
    assert server.stderr is not None
    said = (await server.stderr.readline()).decode()
    address, port = said.split()[-3], int(said.split()[-1])
    client = LanguageClient(converter_factory=default_converter)
    client.capabilities = types.ClientCapabilities()
    await client.start_tcp(address, port)
    asked = types.InitializeParams(types.ClientCapabilities(), root_uri=tmp_path.as_uri())
    answer = await client.initialize_async(asked)
    assert answer.server_info is not None
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(address, port)
    await client.shutdown_async(None)
    client.exit(None)
    assert await server.wait() == 0
