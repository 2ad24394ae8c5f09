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
        for root, loader in list(server.loaders.items()):
            own = [path for path in paths if server.session_of(path) is loader.session]
            around = [path for path in paths if _holds_for(path, root)]
            if any(_is_head(path) for path in (*own, *around)):
                loader.reopen()
            elif own or around:
                loader.files_changed()
            for path in own:
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


def _holds_for(path: Path, root: Path) -> bool:
    """Tell whether a file in a folder around a root has a say there: git's HEAD and rules."""
    folder = path.parent.parent if _is_head(path) else path.parent
    return (_is_head(path) or path.name == ".gitignore") and folder in root.parents


def _is_head(path: Path) -> bool:
    return path.name == "HEAD" and path.parent.name == ".git"
