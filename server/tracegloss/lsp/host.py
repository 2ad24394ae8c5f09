"""The server as the parts that keep one root's traces see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from tracegloss.lsp.options import Options
from tracegloss.lsp.progress import Tell
from tracegloss.lsp.status import Status
from tracegloss.workspace.session import RootSession
from tracegloss.workspace.worker.client import Worker

T = TypeVar("T")


class Host(Protocol):
    """What a root needs of the server it is a root of."""

    options: Options
    worker: Worker
    is_visible: bool

    def show(self, session: RootSession) -> None:
        """Show a session's new state in the editor, soon."""

    def say(self, status: Status) -> None:
        """Tell the client the status of a root."""

    async def with_progress(self, title: str, work: Callable[[Tell], Awaitable[T]]) -> T:
        """Show progress while the work is done; raises `StoppedError` when it is stopped."""
        ...
