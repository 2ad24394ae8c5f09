"""Where the repository around a root is: the root's place in it, and git's own folders."""

from __future__ import annotations

import os
from pathlib import Path

from tracegloss.history.hardened import is_bare


def repository_folders(root: Path) -> tuple[str, Path | None]:
    """Name the root's folder within its repository, `""` at the top, and the git folder.

    A worktree and a submodule have a file in place of the folder, which names it. A folder of that
    name without a HEAD is passed over, as git does.
    """
    if is_bare(root):
        return "", root
    for top in (root, *root.parents):
        marker = top / ".git"
        if marker.is_dir() and os.path.lexists(marker / "HEAD"):
            return _below(top, root), marker
        if marker.is_file():
            return _below(top, root), _named_by(marker)
    return "", None


def shared_folder(root: Path) -> Path | None:
    """Name the git folder that all worktrees of the repository around a root share."""
    _, folder = repository_folders(root)
    if folder is None:
        return None
    try:
        named = (folder / "commondir").read_text("utf-8", "surrogateescape").strip()
    except OSError:
        return folder
    return (folder / named).resolve()


def _named_by(marker: Path) -> Path | None:
    try:
        with_name = marker.read_text("utf-8", "surrogateescape").partition("gitdir:")[2]
    except OSError:
        return None
    return (marker.parent / with_name.strip()).resolve()


def _below(top: Path, root: Path) -> str:
    relative = os.path.relpath(root, top)
    return "" if relative == "." else f"{Path(relative).as_posix()}/"
