"""`textDocument/didOpen`, `didChange`, `didSave`, `didClose`: unsaved text wins over the disk."""

from __future__ import annotations

from urllib.parse import unquote

from lsprotocol import types

from tracegloss.lsp import from_lsp
from tracegloss.lsp.server import TraceglossServer
from tracegloss.overlay.document import TextKey
from tracegloss.text import LineIndex
from tracegloss.workspace.session import RootSession


def register(server: TraceglossServer) -> None:
    """Follow open Python documents; other texts are pygls' alone."""

    @server.answers(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: types.DidOpenTextDocumentParams) -> None:
        _take_text(server, params.text_document.uri)

    @server.answers(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        found = _python(server, uri)
        if found is not None and found[1] in found[0].texts:
            version = params.text_document.version
            server.documents.changed(*found, _lines(server, uri), version)

    @server.answers(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: types.DidSaveTextDocumentParams) -> None:
        path = from_lsp.path(params.text_document.uri)
        session = None if path is None else server.session_of(path)
        if session is not None:
            server.loaders[session.path].files_changed()

    @server.answers(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.lenses.pop(uri, None)
        found = _python(server, uri)
        if found is not None:
            await server.documents.closed(*found)


def take_open_texts(server: TraceglossServer) -> None:
    """Take over documents that were opened before their root was known."""
    # The keys are not what the client calls them: pygls takes their escapes away.
    for document in list(server.workspace.text_documents.values()):
        found = _python(server, document.uri)
        if found is not None and found[1] not in found[0].texts:
            _take_text(server, document.uri)


def _take_text(server: TraceglossServer, uri: str) -> None:
    found = _python(server, uri)
    document = server.workspace.text_documents.get(unquote(uri))
    if found is not None and document is not None:
        server.publisher.forget(found[0], uri)
        server.documents.opened(*found, uri, _lines(server, uri), document.version)


def _python(server: TraceglossServer, uri: str) -> tuple[RootSession, TextKey] | None:
    path = from_lsp.path(uri)
    if path is None or path.suffix != ".py":
        return None
    session = server.session_of(path)
    key = None if session is None else session.key(path)
    return None if session is None or key is None else (session, key)


def _lines(server: TraceglossServer, uri: str) -> LineIndex:
    source = server.workspace.get_text_document(uri).source
    return LineIndex.of(source.encode("utf-8", "replace"))
