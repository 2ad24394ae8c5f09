"""Which working files differ from HEAD, found without a git command that compares them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from tracegloss.history.asking import ask_git_bytes
from tracegloss.history.folders import repository_folders
from tracegloss.history.objects import old_entries, tree_entries
from tracegloss.history.staged import Staged, staged_files
from tracegloss.index.files.discover import SUFFIXES
from tracegloss.index.files.stamps import Stamp
from tracegloss.index.files.tree_of_files import blob_id

# Compares HEAD with git's index, and no working file: `--cached`.
_DIFFERING = ("diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "HEAD", "--")
_NO_FILES: Mapping[str, bytes] = MappingProxyType({})


class WorkingFiles(Struct, frozen=True):
    """The code of a working tree beside that of its HEAD, by path relative to the root.

    `committed` has the blob ids at HEAD. `edited` has, for each file that differs, when it was
    written (nanoseconds since the epoch), `None` for one that was deleted; new files are in it.
    """

    committed: Mapping[str, bytes]
    edited: Mapping[str, int | None]

    def younger_than(self, moment_ns: int | None) -> dict[str, int | None]:
        """Give the edits that were made after a moment; deletions count, they have no time."""
        return {
            path: written
            for path, written in self.edited.items()
            if written is None or moment_ns is None or written > moment_ns
        }


def staged_code(root: Path) -> dict[str, Staged]:
    """Read what git's index says of the code below a root."""
    prefix, git_folder = repository_folders(root)
    return {
        path[len(prefix) :]: found
        for path, found in (staged_files(git_folder) if git_folder else {}).items()
        if path.startswith(prefix) and path.endswith(SUFFIXES)
    }


def working_files(
    root: Path,
    stamps: Mapping[str, Stamp],
    read: Callable[[str], bytes | None],
    staged: Mapping[str, Staged],
) -> WorkingFiles:
    """Compare the files of a working tree, given by their stamps, with HEAD.

    Most are told by git's index, which has the stamps of files it compared; others are read.
    Line ends that git would convert count as they stand on the disk.
    """
    prefix, _ = repository_folders(root)
    committed = _committed(root, prefix, staged)
    deleted = (path for path in committed.keys() - stamps.keys() if not _is_there(root, path))
    edited: dict[str, int | None] = dict.fromkeys(deleted)
    for path, stamp in stamps.items():
        at_head = committed.get(path)
        blob = unread_blob(staged.get(path), stamp)
        if blob is None and at_head is not None:
            raw = read(path)
            blob = None if raw is None else blob_id(raw)
        if at_head is None or blob != at_head:
            edited[path] = stamp.mtime_ns
    return WorkingFiles(committed, edited)


def _is_there(root: Path, path: str) -> bool:
    """Tell whether a file is on disk that the index leaves out: too large, a link, excluded."""
    return os.path.lexists(root / path)


def _committed(root: Path, prefix: str, staged: Mapping[str, Staged]) -> Mapping[str, bytes]:
    """Give the blob ids at HEAD: those of git's index, but for the few files that differ there."""
    differing = ask_git_bytes(root, *_DIFFERING) if staged else None
    if differing is None:
        return _listed(root, prefix)
    committed = {path: known.blob for path, known in staged.items()}
    for path, blob in old_entries(differing):
        below = path[len(prefix) :]
        if not path.startswith(prefix) or not path.endswith(SUFFIXES):
            continue
        if blob is None:
            committed.pop(below, None)
        else:
            committed[below] = blob
    return committed


def _listed(root: Path, prefix: str) -> Mapping[str, bytes]:
    treeish = f"HEAD:{prefix.rstrip('/')}" if prefix else "HEAD"
    listed = ask_git_bytes(root, "ls-tree", "-r", "-z", "--full-tree", treeish) or b""
    found = tree_entries(listed)
    return {path: blob for path, blob in found if path.endswith(SUFFIXES)} or _NO_FILES


def unread_blob(staged: Staged | None, stamp: Stamp | None) -> bytes | None:
    """Give the blob id of a working file that stands as git's index has it."""
    if staged is None or stamp is None:
        return None
    is_as_it_was = staged.mtime_ns == stamp.mtime_ns and staged.size == stamp.size
    return staged.blob if is_as_it_was else None
