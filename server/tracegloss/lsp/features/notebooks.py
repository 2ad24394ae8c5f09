"""`notebookDocument/*`: cells are texts of their notebook, by their number among all cells."""

from __future__ import annotations

from lsprotocol import types

from tracegloss.lsp import from_lsp
from tracegloss.lsp.server import TraceglossServer
from tracegloss.overlay.document import TextKey
from tracegloss.text import LineIndex


def register(server: TraceglossServer) -> None:
    """Follow open notebooks."""

    @server.answers(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    async def opened(params: types.DidOpenNotebookDocumentParams) -> None:
        _take_cells(server, params.notebook_document.uri)

    @server.answers(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeNotebookDocumentParams) -> None:
        _take_cells(server, params.notebook_document.uri)

    @server.answers(types.NOTEBOOK_DOCUMENT_DID_SAVE)
    async def saved(params: types.DidSaveNotebookDocumentParams) -> None:
        path = from_lsp.path(params.notebook_document.uri)
        session = None if path is None else server.session_of(path)
        if session is not None:
            server.loaders[session.path].files_changed()

    @server.answers(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    async def closed(params: types.DidCloseNotebookDocumentParams) -> None:
        path = from_lsp.path(params.notebook_document.uri)
        session = None if path is None else server.session_of(path)
        whole = None if session is None or path is None else session.key(path)
        if session is not None and whole is not None:
            for key in [key for key in session.texts if key.path == whole.path]:
                server.documents.forget(session, key)


def take_open_notebooks(server: TraceglossServer) -> None:
    """Take over notebooks that were opened before their root was known."""
    for notebook in list(server.workspace.notebook_documents.values()):
        _take_cells(server, notebook.uri)


def _take_cells(server: TraceglossServer, uri: str) -> None:
    """Take over the cells as they are; those that did not change stay."""
    path = from_lsp.path(uri)
    session = None if path is None else server.session_of(path)
    whole = None if session is None or path is None else session.key(path)
    notebook = server.workspace.get_notebook_document(notebook_uri=uri)
    if session is None or whole is None or notebook is None:
        return
    known = {key for key in session.texts if key.path == whole.path}
    for number, cell in enumerate(notebook.cells):
        key = TextKey(whole.repository, whole.path, number)
        document = server.workspace.get_text_document(cell.document)
        source = document.source.encode("utf-8", "replace")
        before = session.texts.get(key)
        known.discard(key)
        if before is None or before.uri != cell.document:
            lines = LineIndex.of(source)
            server.documents.opened(session, key, cell.document, lines, document.version)
        elif before.document.text.source != source:
            server.documents.changed(session, key, LineIndex.of(source), document.version)
    for key in known:
        server.documents.forget(session, key)
