"""Figures of the last 24 hours: asked while somebody looks, shown where more ran than is loaded."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.lsp.conftest import clean_environment
from tests.lsp.editor import Editor, editing
from tests.tracking_server import free_port, serving
from tracegloss.lsp.last_day import LastDayReader
from tracegloss.lsp.options import Options
from tracegloss.lsp.reading import Reader
from tracegloss.lsp.server import TraceglossServer
from tracegloss.workspace.session import RootSession
from tracegloss.workspace.worker.jobs import SourceChosen

APP = """\
import sys
import mlflow

mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("bakery")


@mlflow.trace
def bake(number):
    with mlflow.start_span("oven"):
        if number % 5 == 0:
            raise ValueError("burnt")


for number in range(1, int(sys.argv[2]) + 1):
    try:
        bake(number)
    except ValueError:
        pass
"""


@pytest.fixture
def bakery(tmp_path: Path) -> Path:
    folder = tmp_path / "bakery"
    folder.mkdir()
    (tmp_path / "home").mkdir()
    (folder / "app.py").write_text(APP)
    return folder


def bake(folder: Path, uri: str, number: int) -> None:
    command = [sys.executable, "app.py", uri, str(number)]
    subprocess.run(command, cwd=folder, env=clean_environment(), capture_output=True, check=True)


async def calls_of(editor: Editor, wanted: str) -> list[tuple[int, str]]:
    """Ask for the hints until all of them begin as wanted."""
    return await editor.until_asked(
        lambda: editor.hints("app.py"),
        lambda hints: bool(hints) and all(text.startswith(wanted) for _, text in hints),
    )


async def test_a_store_with_more_than_is_loaded_is_added_up(bakery: Path) -> None:
    await asyncio.to_thread(bake, bakery, "sqlite:///mlflow.db", 30)
    options = {"trackingUri": "sqlite:///mlflow.db", "experiment": "bakery"}
    async with editing(bakery, options=options) as editor:
        editor.open("app.py")
        hints = await calls_of(editor, "30 calls, 24 h · p50 ")
        assert [(line, text.split(" · ")[2]) for line, text in hints] == [
            (8, "6 errors"),
            (9, "6 errors"),
        ]
        said = await editor.hover("app.py", 8, 5)
        assert "30 calls, 24 h · p50 " in said
        loaded = re.search(r"([0-9]+) calls in ([0-9]+) traces", said)
        assert loaded is not None
        assert 10 <= int(loaded[1]) < 30


async def test_a_server_adds_up_for_whom_it_serves(bakery: Path) -> None:
    (bakery.parent / "server").mkdir()
    with ExitStack() as up:
        serve = serving(bakery.parent / "server" / "store.db", free_port())
        address = await asyncio.to_thread(up.enter_context, serve)
        await asyncio.to_thread(bake, bakery, address, 25)
        options = {"trackingUri": address, "experiment": "bakery"}
        async with editing(bakery, options=options) as editor:
            editor.open("app.py")
            await calls_of(editor, "25 calls, 24 h")


class Unwatched(TraceglossServer):
    """A server without a client: nothing is sent."""

    def show(self, session: RootSession, *, again: bool = True) -> None: ...


async def test_who_can_add_up_is_asked_again_after_a_minute_and_who_cannot_not_at_all(
    bakery: Path,
) -> None:
    await asyncio.to_thread(bake, bakery, "sqlite:///mlflow.db", 2)
    server = Unwatched()
    server.options = Options(tracking_uri="sqlite:///mlflow.db", experiment="bakery")
    reader = Reader(server, RootSession(bakery, "bakery"))
    try:
        answer = await reader.source()
        assert isinstance(answer, SourceChosen)
        first = LastDayReader(server, reader)
        assert (first.seconds(None), first.seconds(answer)) == (None, 0)
        await first.look(answer, 0)
        pause = first.seconds(answer)
        assert pause is not None
        assert pause > 0
        assert sorted(each.calls for each in reader.session.last_day.values()) == [2, 2]
        server.is_visible = False
        assert first.seconds(answer) is None
        server.is_visible = True
        with closing(sqlite3.connect(bakery / "mlflow.db")) as database, database:
            database.execute("DELETE FROM spans")
        second = LastDayReader(server, reader)
        await second.look(answer, 0)
        assert second.seconds(answer) is None
        assert reader.session.last_day == {}
    finally:
        server.end()
