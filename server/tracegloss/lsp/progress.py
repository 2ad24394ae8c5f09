"""Work-done progress: begin, end, and the reader's wish to stop."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from tracegloss.errors import TraceglossError

T = TypeVar("T")


class StoppedError(TraceglossError):
    """The reader stopped what was being done."""


async def with_progress(
    server: LanguageServer,
    title: str,
    work: Coroutine[Any, Any, T],
    token: int | str | None = None,
) -> T:
    """Show progress while the work is done; raises `StoppedError` when the reader stops it.

    Without a `token` of the client's one is made, if the client can show progress at all.
    """
    task = asyncio.ensure_future(work)
    try:
        token = token if token is not None else await _created(server)
        if token is None:
            return await task
        return await _shown(server, title, task, token)
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if task.cancelled() and current is not None and not current.cancelling():
            raise StoppedError("Stopped", where=title) from None
        task.cancel()
        raise


async def _shown(
    server: LanguageServer, title: str, task: asyncio.Future[T], token: int | str
) -> T:
    shown = server.work_done_progress
    shown.begin(token, types.WorkDoneProgressBegin(title, cancellable=True))
    wish = shown.tokens[token]
    wish.add_done_callback(lambda _: task.cancel() if wish.cancelled() else None)
    try:
        return await task
    finally:
        shown.end(token, types.WorkDoneProgressEnd())
        shown.tokens.pop(token, None)


async def _created(server: LanguageServer) -> str | None:
    window = server.client_capabilities.window
    if window is None or not window.work_done_progress:
        return None
    token = str(uuid.uuid4())
    with suppress(JsonRpcException):
        await server.work_done_progress.create_async(token)
        return token
    return None
