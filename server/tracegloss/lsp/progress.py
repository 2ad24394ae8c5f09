"""Work-done progress: begin, how far, end, and the reader's wish to stop."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from tracegloss.errors import TraceglossError

T = TypeVar("T")
Token: TypeAlias = int | str

# Told how many of how many things are done; 0 in all says that it is not known.
Tell: TypeAlias = Callable[[int, int], None]


class StoppedError(TraceglossError):
    """The reader stopped what was being done."""


def tell_nobody(_done: int, _all: int) -> None:
    """Take progress that nobody sees."""


class _Shown:
    """The progress of one piece of work in the editor, from the moment the editor takes it."""

    def __init__(self, server: LanguageServer, title: str) -> None:
        self._server = server
        self._title = title
        self._token: Token | None = None

    def begin(self, token: Token, stop: Callable[[], object]) -> None:
        """Show it; `stop` is called when the reader wants that."""
        shown = self._server.work_done_progress
        shown.begin(token, types.WorkDoneProgressBegin(self._title, cancellable=True, percentage=0))
        wish = shown.tokens[token]
        wish.add_done_callback(lambda _: stop() if wish.cancelled() else None)
        self._token = token

    def tell(self, done: int, in_all: int) -> None:
        """Say how far the work has come."""
        if self._token is None or not in_all:
            return
        report = types.WorkDoneProgressReport(
            message=f"{done:,} of {in_all:,}", percentage=100 * done // in_all
        )
        self._server.work_done_progress.report(self._token, report)

    def end(self) -> None:
        """Take it away, if it is shown."""
        if self._token is not None:
            self._server.work_done_progress.end(self._token, types.WorkDoneProgressEnd())
            self._server.work_done_progress.tokens.pop(self._token, None)


async def with_progress(
    server: LanguageServer,
    title: str,
    work: Callable[[Tell], Awaitable[T]],
    token: Token | None = None,
) -> T:
    """Show progress while the work is done; raises `StoppedError` when the reader stops it.

    Without a `token` of the client's one is made, if the client can show progress at all. Work
    never waits for the client: one that does not answer sees no progress.
    """
    shown = _Shown(server, title)
    task = asyncio.ensure_future(work(shown.tell))
    if token is None:
        _when_created(server, task, lambda made: shown.begin(made, task.cancel))
    else:
        shown.begin(token, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if task.cancelled() and current is not None and not current.cancelling():
            raise StoppedError("Stopped", where=title) from None
        task.cancel()
        raise
    finally:
        shown.end()


def _when_created(
    server: LanguageServer, task: asyncio.Future[T], begin: Callable[[Token], None]
) -> None:
    """Ask for a token, and begin when it is there while the work still goes on."""
    window = server.client_capabilities.window
    if window is None or not window.work_done_progress:
        return
    token = str(uuid.uuid4())

    def answered(creating: asyncio.Future[asyncio.Future[Any]]) -> None:
        if creating.cancelled() or creating.exception() is not None:
            return
        if task.done():
            server.work_done_progress.tokens.pop(token, None)
        else:
            begin(token)

    creating = asyncio.ensure_future(server.work_done_progress.create_async(token))
    creating.add_done_callback(answered)
