"""The beginning and the end: folders, what the client can do, no process left behind."""

from __future__ import annotations

from lsprotocol import types

from tracegloss.lsp import from_lsp
from tracegloss.lsp.features.configuration import read_configuration
from tracegloss.lsp.features.notebooks import take_open_notebooks
from tracegloss.lsp.features.text_sync import take_open_texts
from tracegloss.lsp.features.watched_files import watch
from tracegloss.lsp.options import read_options
from tracegloss.lsp.server import TraceglossServer


def register(server: TraceglossServer) -> None:
    """Begin after the handshake, end at once."""

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.initial_options, wrong = read_options(params.initialization_options, server.options)
        server.options = server.initial_options
        server.tell_wrong_settings(wrong)

    @server.answers(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        await read_configuration(server)
        _add_roots(server)
        await watch(server)

    @server.answers(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def folders_changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        for folder in params.event.removed:
            path = from_lsp.path(folder.uri)
            if path is not None:
                server.drop_root(path)
        _add_roots(server)

    @server.feature(types.SHUTDOWN)
    def shutdown(_: None) -> None:
        server.end()

    @server.feature(types.EXIT)
    def leave(_: None) -> None:
        server.end()


def _add_roots(server: TraceglossServer) -> None:
    folders = server.workspace.folders
    named = [(folder.uri, folder.name) for folder in folders.values()]
    if not named and server.workspace.root_uri:
        named = [(server.workspace.root_uri, "")]
    for uri, name in named:
        path = from_lsp.path(uri)
        if path is not None:
            server.add_root(path, name or path.name)
    take_open_texts(server)
    take_open_notebooks(server)
    server.has_folders.set()
