"""An editor as the server sees one: opens, edits, asks, and waits for what the server sends."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

from lsprotocol import types
from pygls import uris
from pygls.exceptions import JsonRpcException
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient

T = TypeVar("T")

LONGEST_SECONDS = 180
RICH = types.ClientCapabilities(
    workspace=types.WorkspaceClientCapabilities(
        configuration=True,
        inlay_hint=types.InlayHintWorkspaceClientCapabilities(refresh_support=True),
        code_lens=types.CodeLensWorkspaceClientCapabilities(refresh_support=True),
        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(
            dynamic_registration=True
        ),
        workspace_edit=types.WorkspaceEditClientCapabilities(
            document_changes=True, resource_operations=[types.ResourceOperationKind.Create]
        ),
    ),
    window=types.WindowClientCapabilities(work_done_progress=True),
)


class Editor:
    """A client with one folder open.

    `settings` is what it answers when it is asked for them, once `may_answer` is set.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.client: Any = LanguageClient(converter_factory=default_converter)
        self.settings: dict[str, object] = {}
        self.statuses: list[SimpleNamespace] = []
        self.diagnostics: dict[str, list[types.Diagnostic]] = {}
        self.messages: list[str] = []
        self.registered: list[str] = []
        self.refreshed: list[str] = []
        self.published: list[str] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.progress: list[tuple[object, Any]] = []
        self.on_progress: Callable[[object], None] = lambda _token: None
        self._news = asyncio.Event()
        self._versions: dict[str, int] = {}
        self._n_asked = 0
        self._listen()

    @property
    def pid(self) -> int:
        pid: int = self.client._server.pid
        return pid

    @property
    def last_asked(self) -> str:
        return f"asked-{self._n_asked}"

    @property
    def status(self) -> str:
        return str(self.statuses[-1].state) if self.statuses else ""

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    async def start(
        self,
        capabilities: types.ClientCapabilities = RICH,
        options: dict[str, object] | None = None,
        folders: Iterable[Path] | None = None,
    ) -> types.InitializeResult:
        home = self.root.parent / "home"
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "TRACEGLOSS_"))},
            "XDG_CACHE_HOME": str(home),
            "XDG_CONFIG_HOME": str(home),
            "XDG_STATE_HOME": str(home),
        }
        await self.client.start_io(sys.executable, "-m", "tracegloss", "lsp", env=environment)
        self.client.capabilities = capabilities
        opened = [self.root] if folders is None else list(folders)
        answer: types.InitializeResult = await self.client.initialize_async(
            types.InitializeParams(
                capabilities=capabilities,
                initialization_options=options,
                workspace_folders=[types.WorkspaceFolder(f.as_uri(), f.name) for f in opened],
            )
        )
        self.client.initialized(types.InitializedParams())
        return answer

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for notifications until a condition holds."""
        with self._patience():
            async with asyncio.timeout(LONGEST_SECONDS):
                while not condition():
                    self._news.clear()
                    await self._news.wait()

    async def loaded(self, traces: int = 2) -> None:
        await self.until(lambda: self.statuses and self.statuses[-1].traces == traces)

    def open(self, path: str, text: str | None = None, language: str = "python") -> str:
        uri = self.uri(path)
        written = (self.root / path).read_text("utf-8") if text is None else text
        self._versions[uri] = 1
        item = types.TextDocumentItem(uri, language, 1, written)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def edit(self, path: str, line: int, start: int, end: int, text: str) -> None:
        uri = self.uri(path)
        self._versions[uri] += 1
        at = types.Range(types.Position(line, start), types.Position(line, end))
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self._versions[uri], uri),
                [types.TextDocumentContentChangePartial(at, text)],
            )
        )

    def close(self, path: str) -> None:
        self._versions.pop(self.uri(path), None)
        self.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(self.uri(path)))
        )

    def close_all(self) -> None:
        """Close what is open."""
        for uri in list(self._versions):
            self.close(Path(uris.to_fs_path(uri) or "").relative_to(self.root).as_posix())

    def set(self, **settings: object) -> None:
        """Change the settings and say so."""
        self.settings = settings
        self.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))

    def told(self, path: str) -> list[tuple[str, str]]:
        """The diagnostics of a file as the word they mark and their rule."""
        text = (self.root / path).read_text("utf-8").splitlines()
        return [
            (text[d.range.start.line][d.range.start.character : d.range.end.character], str(d.code))
            for d in self.diagnostics.get(self.uri(path), [])
        ]

    async def hover(self, path: str, line: int, character: int) -> str:
        at = types.HoverParams(
            types.TextDocumentIdentifier(self.uri(path)), types.Position(line, character)
        )
        found = await self.client.text_document_hover_async(at)
        return "" if found is None else str(found.contents.value)

    async def hints(self, path: str) -> list[tuple[int, str]]:
        everywhere = types.Range(types.Position(0, 0), types.Position(10_000, 0))
        document = types.TextDocumentIdentifier(self.uri(path))
        found = await self.client.text_document_inlay_hint_async(
            types.InlayHintParams(document, everywhere)
        )
        return [(hint.position.line, hint.label) for hint in found or []]

    async def lenses(self, path: str) -> list[tuple[int, str]]:
        document = types.TextDocumentIdentifier(self.uri(path))
        found = await self.client.text_document_code_lens_async(types.CodeLensParams(document))
        return [(lens.range.start.line, lens.command.title) for lens in found or []]

    async def until_asked(self, ask: Callable[[], Awaitable[T]], wanted: Callable[[T], bool]) -> T:
        """Ask again after whatever the server sends, until the answer is as wanted."""
        with self._patience():
            async with asyncio.timeout(LONGEST_SECONDS):
                while True:
                    self._news.clear()
                    answer = await ask()
                    if wanted(answer):
                        return answer
                    await self._news.wait()

    async def ask(self, method: str, params: object) -> Any:
        """Send anything at all and give the answer, or the error with its code."""
        self._n_asked += 1
        number = self.last_asked
        future: Future[Any] = Future()
        self.client.protocol._request_futures[number] = future
        self.client.protocol._result_types[number] = None
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return await asyncio.wrap_future(future)

    async def code_of(self, method: str, params: object) -> int:
        """The error code that a request is answered with; 0 when it succeeds."""
        try:
            await self.ask(method, params)
        except JsonRpcException as error:
            return error.code
        return 0

    def send(self, message: dict[str, object]) -> None:
        body = json.dumps(message).encode()
        self.client.protocol.writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    async def leave(self) -> int | None:
        """Shut the server down as the protocol says; gives its exit status."""
        await self.client.shutdown_async(None)
        self.client.exit(None)
        return await self.gone()

    async def gone(self) -> int | None:
        async with asyncio.timeout(LONGEST_SECONDS):
            status: int = await self.client._server.wait()
            return status

    def _listen(self) -> None:
        def heard(method: str, take: Callable[[Any], object]) -> None:
            def handler(params: Any) -> object:
                answer = take(params)
                self._news.set()
                return answer

            self.client.feature(method)(handler)

        heard("tracegloss/status", self.statuses.append)
        heard(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, self._told)
        heard(types.WINDOW_SHOW_MESSAGE, lambda params: self.messages.append(params.message))

        @self.client.feature(types.WORKSPACE_CONFIGURATION)  # type: ignore[untyped-decorator]
        async def configured(params: Any) -> list[dict[str, object]]:
            await self.may_answer.wait()
            return [self.settings for _ in params.items]

        heard(
            types.CLIENT_REGISTER_CAPABILITY,
            lambda params: self.registered.extend(r.method for r in params.registrations),
        )
        heard(types.WORKSPACE_INLAY_HINT_REFRESH, lambda _: self.refreshed.append("hints"))
        heard(types.WORKSPACE_CODE_LENS_REFRESH, lambda _: self.refreshed.append("lenses"))
        heard(types.WINDOW_WORK_DONE_PROGRESS_CREATE, lambda _: None)
        heard(types.PROGRESS, self._progressed)

    @contextmanager
    def _patience(self) -> Iterator[None]:
        """Say what the server said last when it did not do in time what was waited for."""
        try:
            yield
        except TimeoutError:
            said = self.statuses[-1] if self.statuses else "no status"
            raise AssertionError(f"waited in vain: {said}, {self.diagnostics.keys()}") from None

    def _told(self, params: Any) -> None:
        self.published.append(params.uri)
        self.diagnostics[params.uri] = list(params.diagnostics)

    def _progressed(self, params: Any) -> None:
        self.progress.append((params.token, params.value))
        self.on_progress(params.token)


@asynccontextmanager
async def editing(root: Path, **start: Any) -> AsyncIterator[Editor]:
    """Open a folder in an editor, wait for nothing, and leave in the end."""
    editor = Editor(root)
    await editor.start(**start)
    try:
        yield editor
    finally:
        if editor.client._server.returncode is None:
            await editor.leave()
        await editor.client.stop()
