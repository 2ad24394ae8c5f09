"""The files of a commit as a tree that the index is built from, without a working tree."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from struct import Struct

import msgspec
from msgspec import field
from msgspec.structs import replace

from tracegloss.history.folders import shared_folder
from tracegloss.history.hardened import NoRepository
from tracegloss.history.objects import Objects, open_objects
from tracegloss.index.files.discover import MAX_DEPTH, SUFFIXES
from tracegloss.index.files.ignore import rules_of
from tracegloss.index.files.stamps import Stamp
from tracegloss.index.files.tree_of_files import MAX_FILE_BYTES, blob_id
from tracegloss.index.store.store import Store
from tracegloss.model.trace import Problem
from tracegloss.recorded import phrase

_SHA1_BYTES = 20
_AS_STAMP = Struct(">QQI")
# Reading fewer blobs takes no longer than starting git for them.
WORTH_A_PROCESS = 20


class CommitTree(msgspec.Struct):
    """The Python files and notebooks of one commit, below the root.

    The stamp of a file is its blob id: equal stamps stand for equal bytes in every commit, so that
    the trees of all commits share one row of the store and each costs what differs from the last.
    `edits` are texts that stand in place of the commit's, `None` for a file that is left out.
    """

    objects: Objects
    commit: str
    key: str
    edits: Mapping[str, bytes | None] = field(default_factory=dict)
    stamps: dict[str, Stamp] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _announced: list[str] = field(default_factory=list)
    _coming: Iterator[bytes | None] = iter(())

    @classmethod
    def of(
        cls,
        objects: Objects,
        commit: str,
        exclude: tuple[str, ...] = (),
        edits: Mapping[str, bytes | None] | None = None,
    ) -> CommitTree:
        """List the files of a commit, named by its full id."""
        tree = cls(objects, commit, tree_key(objects, exclude), edits or {})
        excluded = rules_of(exclude)
        for path, blob in objects.tree(commit).items():
            is_code = path.endswith(SUFFIXES) and path.count("/") <= MAX_DEPTH
            if is_code and not excluded.hides(path):
                tree.stamps[path] = stamp_of(blob)
        for path, data in tree.edits.items():
            tree.stamps.pop(path, None)
            if data is not None:
                tree.stamps[path] = stamp_of(blob_id(data))
        return tree

    def announce(self, paths: Collection[str]) -> None:
        """Say which files will be read next, in their order: git goes ahead with many of them."""
        tree = self.objects.tree(self.commit)
        named = [path for path in paths if path in tree and path not in self.edits]
        self._announced = named[::-1] if len(named) >= WORTH_A_PROCESS else []
        if self._announced:
            self._coming = self.objects.blobs_in_order([tree[path] for path in named])
            # One of so many files is likely to trace: while git is at work the parser is loaded.
            import tracegloss.syntax.extract  # noqa: F401

    def blob(self, path: str) -> bytes | None:
        """Name a file's bytes as `blob_id` does, where that is known without reading them."""
        known = None if path in self.edits else self.objects.tree(self.commit).get(path)
        return known if known is not None and len(known) == _SHA1_BYTES else None

    def read(self, path: str) -> bytes | None:
        """Read a file; `None`, and a problem noted, when it cannot be read."""
        if path in self.edits:
            return self.edits[path]
        data = self._text(path)
        if data is None or len(data) > MAX_FILE_BYTES:
            words = "{path} cannot be read at that commit"
            self.problems.append(Problem("unreadable-file", phrase(words, path=path), path=path))
            return None
        return data

    def _text(self, path: str) -> bytes | None:
        if self._announced and self._announced[-1] == path:
            self._announced.pop()
            return next(self._coming)
        return self.objects.text(self.commit, path)


def head_tree(root: Path, exclude: tuple[str, ...] = ()) -> CommitTree | None:
    """List the files of HEAD; `None` where there is no repository, or no commit in it."""
    objects = open_objects(root)
    if isinstance(objects, NoRepository):
        return None
    head = objects.resolve("HEAD")
    return None if head is None else CommitTree.of(objects, head, exclude)


def tree_key(objects: Objects, exclude: tuple[str, ...]) -> str:
    """Name the row of the store that the commits of a root share."""
    return "\n".join((f"commits of {shared_folder(objects.root)}", objects.prefix, *exclude))


def seed(
    store: Store, key: str, working_key: str, blob_of: Callable[[str, Stamp], bytes | None]
) -> None:
    """Let the first commit begin with what is known of the working tree.

    `blob_of` gives the blob ids of working files that need not be read for it.
    """
    if store.has_tree(key):
        return
    known = store.tree(working_key)
    files = []
    for state in known.files:
        blob = blob_of(state.path, Stamp(state.mtime_ns, state.size, state.inode))
        if blob is not None:
            mtime_ns, size, inode = stamp_of(blob)
            files.append(replace(state, mtime_ns=mtime_ns, size=size, inode=inode))
    if files:
        store.keep_tree(key, replace(known, files=tuple(files)))
        needs = store.needs(working_key)
        if needs is not None:
            store.keep_needs(key, needs)


def stamp_of(blob: bytes) -> Stamp:
    """Write a blob id as the three numbers of a stamp."""
    return Stamp._make(_AS_STAMP.unpack_from(blob))
