"""Finds the folder that paths are relative to, and reads its files without leaving it."""

from __future__ import annotations

from pathlib import Path

from tracegloss.errors import RepositoryError

LARGEST_BYTES = 5_000_000


def find_root(start: Path) -> Path:
    """Return the nearest folder around `start` with a `.git`, else `start` itself, resolved.

    Raises `RepositoryError` when `start` is no folder.
    """
    folder = start.resolve()
    if not folder.is_dir():
        raise RepositoryError(
            "There is no such folder", where=str(start), remedy="Give a folder with --root."
        )
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
    return folder


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
