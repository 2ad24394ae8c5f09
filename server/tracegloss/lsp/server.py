"""The server object: what the client can do, one session and one loader a root, one worker."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from lsprotocol import types
from msgspec import Struct
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from tracegloss import __version__
from tracegloss.errors import TraceglossError, UsageError
from tracegloss.lsp import from_lsp, to_lsp
from tracegloss.lsp.documents import Documents
from tracegloss.lsp.loading import Loader
from tracegloss.lsp.options import Options
from tracegloss.lsp.progress import Tell, Token, with_progress
from tracegloss.lsp.protocol import REQUESTS, STATUS
from tracegloss.lsp.publishing import Publisher
from tracegloss.lsp.status import Status
from tracegloss.lsp.to_lsp import Client
from tracegloss.lsp.wire import InternalFaultError, Protocol, RefusedError
from tracegloss.model.resolution import Resolved
from tracegloss.overlay.document import TextKey
from tracegloss.snapshot import Snapshot
from tracegloss.text import LineIndex
from tracegloss.workspace.session import RootSession
from tracegloss.workspace.worker.client import Worker
from tracegloss.workspace.worker.jobs import RootRequest

logger = logging.getLogger(__name__)

T = TypeVar("T")
P = TypeVar("P")


class Located(Struct, frozen=True):
    """A text the client named: its root, its key, its lines, and the view of this moment."""

    session: RootSession
    key: TextKey
    lines: LineIndex
    snapshot: Snapshot


class TraceglossServer(LanguageServer):
    """A pygls server with the roots of one client."""

    def __init__(self) -> None:
        """Make a server without a client; nothing runs yet."""
        super().__init__(
            "tracegloss",
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            notebook_document_sync=_NOTEBOOKS,
            protocol_cls=Protocol,
            converter_factory=default_converter,
        )
        self.worker = Worker()
        self.options = Options()
        self.initial_options = Options()
        self.sessions: dict[Path, RootSession] = {}
        self.loaders: dict[Path, Loader] = {}
        self.publisher = Publisher(self)
        self.documents = Documents(self.show)
        self.lenses: dict[str, frozenset[str]] = {}
        self.has_folders = asyncio.Event()
        self.is_visible = True
        self._running: dict[Path, asyncio.Task[None]] = {}

    @property
    def client(self) -> Client:
        """What answers depend on."""
        workspace = self.client_capabilities.workspace
        edits = None if workspace is None else workspace.workspace_edit
        operations = (edits.resource_operations or ()) if edits is not None else ()
        return Client(
            encoding=self.workspace.position_encoding or types.PositionEncodingKind.Utf16,
            command_links=self.options.command_links,
            creates_files=edits is not None
            and bool(edits.document_changes)
            and types.ResourceOperationKind.Create in operations,
        )

    def answers(
        self, method: str, options: object = None
    ) -> Callable[[Callable[[P], Awaitable[T]]], Callable[[P], Awaitable[T]]]:
        """Register a handler; a fault in it answers that request and leaves the rest alive."""

        def register(handler: Callable[[P], Awaitable[T]]) -> Callable[[P], Awaitable[T]]:
            async def guarded(params: P) -> T:
                try:
                    if method in REQUESTS:
                        # The folders come after the settings; who asks before them can wait.
                        await self.has_folders.wait()
                    return await handler(params)
                except JsonRpcException:
                    raise
                except TraceglossError as error:
                    raise RefusedError.because(error) from None
                except Exception as error:  # noqa: BLE001 (the one edge of a request)
                    raise _fault(method, error) from None

            self.feature(method, options)(guarded)
            return handler

        return register

    def add_root(self, path: Path, name: str) -> None:
        """Begin with a folder of the workspace."""
        if path in self.sessions or not path.is_dir():
            return
        session = RootSession(path, name, mode=self.options.show)
        for around in self._around(path):
            self._give_up(around, path)
        for loader in self.loaders.values():
            # Their traces may lie on this folder's code as well.
            loader.reopen()
        self.sessions[path] = session
        self.loaders[path] = Loader(self, session)
        self._running[path] = asyncio.ensure_future(self.loaders[path].run())

    def drop_root(self, path: Path) -> None:
        """Forget a folder and take back what was shown for it."""
        task = self._running.pop(path, None)
        if task is not None:
            task.cancel()
        session = self.sessions.pop(path, None)
        self.loaders.pop(path, None)
        if session is not None:
            self.publisher.withdraw(session)
            session.traces.clear()
            self.shared(session)
        for around in self._around(path):
            # What lies there is that folder's again.
            self.loaders[around.path].reopen()

    def _around(self, path: Path) -> list[RootSession]:
        return [each for root, each in self.sessions.items() if root in path.parents]

    def _give_up(self, session: RootSession, path: Path) -> None:
        """Let go of documents in a folder that becomes a root itself."""
        for key in [each for each in session.texts if path in (session.path / each.path).parents]:
            self.documents.forget(session, key)

    def session_at(self, path: Path) -> RootSession | None:
        """Give the state of a folder, if it is one of the workspace."""
        return self.sessions.get(path)

    def beside(self, session: RootSession) -> tuple[RootRequest, ...]:
        """Name the other folders."""
        others = (loader for path, loader in self.loaders.items() if path != session.path)
        return tuple(loader.reader.request for loader in others)

    def inside(self, session: RootSession) -> tuple[str, ...]:
        """Name the folders below one that are roots themselves: what is there is theirs alone."""
        below = (path for path in self.sessions if session.path in path.parents)
        return tuple(sorted(path.relative_to(session.path).as_posix() for path in below))

    def shared(self, home: RootSession) -> None:
        """Show in other folders what of a folder's traces is theirs, and is still loaded."""
        for path, session in self.sessions.items():
            if session is not home and session.take_back(home):
                self.show(session)
                self.loaders[path].tell()

    def session_of(self, path: Path) -> RootSession | None:
        """Find the innermost root a file lies in."""
        around = [root for root in self.sessions if path.is_relative_to(root)]
        return self.sessions[max(around, key=lambda root: len(root.parts))] if around else None

    def loader(self, root: str | None) -> Loader:
        """Find a root by its URI; without one the only root, else the first with traces."""
        path = from_lsp.path(root) if root is not None else None
        if root is not None and path in self.loaders:
            return self.loaders[path]
        if root is not None or not self.loaders:
            raise UsageError("No such folder in this workspace", where=root or "none is open")
        every = list(self.loaders.values())
        return next((each for each in every if each.session.traces), every[0])

    def session_with(self, trace_id: str, span_id: str = "") -> RootSession:
        """Find the root a trace is loaded for, else any: features say that it is not loaded.

        Of a trace that lies on several folders it is the one that has the code of the span.
        """
        having = [each for each in self.sessions.values() if trace_id in each.traces]
        if not having:
            return self.loader(None).session
        for session in having:
            if isinstance(session.traces[trace_id].resolution(span_id), Resolved):
                return session
        return next((each for each in having if trace_id not in each.lent), having[0])

    def home_of(self, trace_id: str) -> Loader:
        """Find the root that loaded a trace."""
        return self.loaders[self.session_with(trace_id).path]

    def locate(self, uri: str) -> Located | None:
        """Find a text by its URI; `None` when it is of no root, or nobody has its lines."""
        for session in self.sessions.values():
            key = next((key for key, text in session.texts.items() if text.uri == uri), None)
            if key is not None:
                return self._located(session, key)
        path = from_lsp.path(uri)
        found = None if path is None else self.session_of(path)
        key = None if found is None or path is None else found.key(path)
        return None if found is None or key is None else self._located(found, key)

    def show(self, session: RootSession, *, again: bool = True) -> None:
        """Show a session's new state soon; `again` lets the client ask for hints and lenses."""
        self.publisher.soon(session, self.client, again=again)

    def set_visible(self, *, visible: bool) -> None:
        """Ask servers elsewhere for new traces only while somebody sees what comes of it."""
        self.is_visible = visible
        for loader in self.loaders.values() if visible else ():
            loader.look_now()

    def say(self, status: Status) -> None:
        """Tell the client the status of a root."""
        fields = to_lsp.plain(RootSession(Path(), ""), status, self.client)
        self.protocol.notify(STATUS, fields)

    async def with_progress(
        self, title: str, work: Callable[[Tell], Awaitable[T]], token: Token | None = None
    ) -> T:
        """Show progress while the work is done; raises `StoppedError` when it is stopped."""
        return await with_progress(self, title, work, token)

    def tell_wrong_settings(self, wrong: Sequence[str]) -> None:
        """Tell the reader which settings cannot be used."""
        for said in wrong:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, said))

    def pin(self, loader: Loader, trace_ids: Sequence[str]) -> list[str]:
        """Show some traces alone; gives what is pinned."""
        pinned = loader.session.pin(trace_ids)
        loader.pins_changed()
        self.shared(loader.session)
        return list(pinned)

    def release(self, loader: Loader, trace_ids: Sequence[str]) -> list[str]:
        """Show other traces again; gives what is still pinned."""
        pinned = loader.session.release(trace_ids)
        loader.pins_changed()
        self.shared(loader.session)
        return list(pinned)

    def end(self) -> None:
        """Stop everything that runs; the worker process is gone when this returns."""
        self.worker.kill()
        for task in self._running.values():
            task.cancel()

    def shutdown(self) -> None:
        """End what runs as well when the client is simply gone."""
        self.worker.kill()
        super().shutdown()  # type: ignore[no-untyped-call]

    def report_server_error(self, error: Exception, source: object) -> None:
        """Keep faults in the log: a message in the editor helps nobody with them."""
        logger.error("%s: %s", getattr(source, "__name__", source), type(error).__name__)

    def _located(self, session: RootSession, key: TextKey) -> Located | None:
        snapshot = session.snapshot()
        lines = snapshot.text(key)
        return None if lines is None else Located(session, key, lines, snapshot)


_NOTEBOOKS = types.NotebookDocumentSyncOptions(
    [types.NotebookDocumentFilterWithNotebook("jupyter-notebook")], save=True
)


def _fault(method: str, error: Exception) -> InternalFaultError:
    """Log where a fault of ours happened, without values, and make the answer of it."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = (
        "" if last is None else f"{Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}"
    )
    logger.error("%s: %s at %s", method, type(error).__name__, place)
    return InternalFaultError(f"Internal error ({type(error).__name__})", InternalFaultError.CODE)
