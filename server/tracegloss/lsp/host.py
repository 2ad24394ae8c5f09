"""The server as the parts that keep one root's traces see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol, TypeVar

from tracegloss.lsp.options import Options
from tracegloss.lsp.progress import Tell
from tracegloss.lsp.status import Status
from tracegloss.workspace.session import RootSession
from tracegloss.workspace.worker.client import Worker
from tracegloss.workspace.worker.jobs import RootRequest

T = TypeVar("T")


class Host(Protocol):
    """What a root needs of the server it is a root of."""

    options: Options
    worker: Worker
    is_visible: bool

    def beside(self, session: RootSession) -> tuple[RootRequest, ...]:
        """Name the other folders, on whose code a trace of this one may lie as well."""
        ...

    def inside(self, session: RootSession) -> tuple[str, ...]:
        """Name the folders below this one that are roots themselves, relative to it."""
        ...

    def session_at(self, path: Path) -> RootSession | None:
        """Give the state of another folder, if it is still there."""
        ...

    def shared(self, home: RootSession) -> None:
        """Show in other folders what of a folder's traces is theirs, and is still loaded."""

    def show(self, session: RootSession) -> None:
        """Show a session's new state in the editor, soon."""

    def say(self, status: Status) -> None:
        """Tell the client the status of a root."""

    async def with_progress(self, title: str, work: Callable[[Tell], Awaitable[T]]) -> T:
        """Show progress while the work is done; raises `StoppedError` when it is stopped."""
        ...
