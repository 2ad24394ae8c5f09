"""Finds the folder that paths are relative to, and reads its files without leaving it."""

from __future__ import annotations

from pathlib import Path

from tracegloss.errors import RepositoryError

LARGEST_BYTES = 5_000_000


def find_root(start: Path) -> Path:
    """Return the nearest folder around `start` with a `.git`, else `start` itself, resolved.

    Raises `RepositoryError` when `start` is no folder.
    """
    folder = folder_at(start)
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
    return folder


def root_of(given: Path | None) -> Path:
    """Return the root that was given, else the one around the current folder, resolved.

    Raises `RepositoryError` when it is no folder.
    """
    return find_root(Path.cwd()) if given is None else folder_at(given)


def folder_at(path: Path) -> Path:
    """Return a folder's resolved path; raises `RepositoryError` when there is none."""
    folder = path.resolve()
    if folder.is_dir():
        return folder
    what = "This is no folder" if folder.exists() else "There is no such folder"
    raise RepositoryError(what, where=str(path), remedy="Give the root of a repository")


def read_within(root: Path, relative: str) -> bytes | None:
    """Read a file below `root`; `None` when it is gone, too large, no file, or leads outside."""
    path = (root / relative).resolve()
    if not path.is_relative_to(root):
        return None
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_BYTES:
            return None
        return path.read_bytes()
    except OSError:
        return None
