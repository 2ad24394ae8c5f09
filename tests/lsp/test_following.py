"""How soon a source is looked at again: near, far, without news, while nobody looks."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from tests.lsp.editor import Editor
from tracegloss.lsp.create import create_server
from tracegloss.lsp.following import Follower
from tracegloss.lsp.options import Options
from tracegloss.lsp.pinning import Pinning
from tracegloss.lsp.polling import LONGEST_POLL, Pace
from tracegloss.lsp.reading import Reader
from tracegloss.model.trace import SourceDescription
from tracegloss.recorded import Recorded
from tracegloss.workspace.session import RootSession
from tracegloss.workspace.worker.jobs import NoSource, SourceAnswer, SourceChosen


def source(uri: str, watched: Path | None = None) -> SourceChosen:
    described = SourceDescription("server" if watched is None else "sqlite", uri)
    return SourceChosen(described, "1", Recorded("shop"), "", (), watched)


LOCAL = source("sqlite:///mlflow.db", Path("mlflow.db"))
LOOPBACK, FAR = source("http://127.0.0.1:5000"), source("https://mlflow.example")
NOWHERE = NoSource(())


def test_without_news_the_pause_doubles_to_a_minute_and_news_shorten_it() -> None:
    pace, seconds = Pace(), []
    for _ in range(7):
        seconds.append(pace.seconds)
        pace.slacken()
    assert seconds == [2, 4, 8, 16, 32, LONGEST_POLL, LONGEST_POLL]
    pace.quicken()
    assert pace.seconds == 2


@pytest.mark.parametrize(
    "answer, follow, is_visible, seconds, looks",
    [
        (LOCAL, "auto", True, 1, True),
        (LOCAL, "auto", False, 1, True),
        (LOOPBACK, "auto", False, 1, True),
        (LOOPBACK, "off", True, 1, False),
        (FAR, "auto", True, 2, False),
        (FAR, "on", True, 2, True),
        (FAR, "on", False, None, False),
        (NOWHERE, "on", False, 2, False),
    ],
)
def test_who_is_looked_at_and_when(
    answer: SourceAnswer,
    follow: Literal["auto", "on", "off"],
    is_visible: bool,
    seconds: float | None,
    looks: bool,
) -> None:
    server = create_server()
    server.options = Options(follow=follow)
    server.set_visible(visible=is_visible)
    reader = Reader(server, RootSession(Path("/app"), "app"))
    follower = Follower(server, reader, Pinning(server, reader))
    assert follower.seconds(answer) == seconds
    assert (isinstance(answer, SourceChosen) and follower.is_due(answer)) is looks


async def test_a_client_says_whether_it_is_seen(editor: Editor) -> None:
    assert await editor.ask("tracegloss/visibility", {"isVisible": False}) is None
    assert await editor.ask("tracegloss/visibility", {"isVisible": True}) is None
