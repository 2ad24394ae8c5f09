"""`workspace/didChangeWatchedFiles`: what changed on the disk, under open documents and beside."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from tracegloss.index.files.discover import SUFFIXES
from tracegloss.lsp import from_lsp
from tracegloss.lsp.server import TraceglossServer

PATTERNS = (
    *(f"**/*{suffix}" for suffix in SUFFIXES),
    *("**/.gitignore", "**/pyproject.toml", "**/.git/HEAD"),
)
_WATCH_ID = "tracegloss-files"


def register(server: TraceglossServer) -> None:
    """Follow changes of files."""

    @server.answers(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def changed(params: types.DidChangeWatchedFilesParams) -> None:
        paths = [path for each in params.changes if (path := from_lsp.path(each.uri)) is not None]
        for root, loader in server.loaders.items():
            inside = [path for path in paths if path.is_relative_to(root)]
            if any(_is_head(path) for path in inside):
                loader.reopen()
            elif inside:
                loader.files_changed()
            for path in inside:
                await server.documents.file_changed(loader.session, path)


async def watch(server: TraceglossServer) -> None:
    """Ask a client that can to tell of changed files."""
    workspace = server.client_capabilities.workspace
    watching = None if workspace is None else workspace.did_change_watched_files
    if watching is None or not watching.dynamic_registration:
        return
    watchers = [types.FileSystemWatcher(pattern) for pattern in PATTERNS]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    registration = types.Registration(_WATCH_ID, types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    await server.client_register_capability_async(types.RegistrationParams([registration]))


def _is_head(path: Path) -> bool:
    return path.name == "HEAD" and path.parent.name == ".git"
