"""A tree of files as the index needs it: its paths, what tells that one changed, its bytes."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from msgspec import Struct, field

from tracegloss.errors import RepositoryError
from tracegloss.index.files.asked import AskedFiles
from tracegloss.index.files.discover import list_files
from tracegloss.index.files.ignore import rules_of
from tracegloss.index.files.stamps import Stamp, stamp_of
from tracegloss.model.trace import Problem
from tracegloss.recorded import phrase

MAX_FILE_BYTES = 2_000_000
# Links are not followed, and no line end is converted.
_OPENED = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class TreeOfFiles(Protocol):
    """The working tree, or a commit: the same build serves both.

    `key` names the tree in the store. `stamps` are its Python files and notebooks.
    """

    @property
    def key(self) -> str:
        """The tree's name in the store."""
        ...

    @property
    def stamps(self) -> Mapping[str, Stamp]:
        """The files by posix path relative to the root."""
        ...

    @property
    def problems(self) -> list[Problem]:
        """What could not be listed or read so far."""
        ...

    def announce(self, paths: Collection[str]) -> None:
        """Say which files will be read next, in their order, once each."""
        ...

    def blob(self, path: str) -> bytes | None:
        """Name a file's bytes as `blob_id` does, where that is known without reading them."""
        ...

    def read(self, path: str) -> bytes | None:
        """Read a file; `None`, and a problem noted, when it cannot be read."""
        ...


def blob_id(data: bytes) -> bytes:
    """Name bytes as git names a blob of them (20 bytes)."""
    import hashlib  # loads OpenSSL, for which a run on unchanged files need not wait

    header = b"blob %d\0" % len(data)
    return hashlib.sha1(header + data, usedforsecurity=False).digest()


class WorkingTree(Struct):
    """The files of a folder, as they are on disk now."""

    root: Path
    exclude: tuple[str, ...] = ()
    max_bytes: int = MAX_FILE_BYTES
    stamps: dict[str, Stamp] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(
        cls, root: Path, exclude: tuple[str, ...] = (), asked: AskedFiles | None = None
    ) -> WorkingTree:
        """List a folder's files; raises `RepositoryError` when there is no such folder.

        `asked` is a question that may be under way already; one about another folder is not heard.
        """
        if not root.is_dir():
            raise RepositoryError(
                "This is no folder", where=str(root), remedy="Give the root of a repository"
            )
        tree = cls(root.resolve(), exclude)
        heard = None if asked is None or asked.root != tree.root else asked
        stamps = None if heard is None else heard.stamps()
        if stamps is None:
            listing = list_files(tree.root, exclude, None if heard is None else heard.git)
            tree.problems.extend(listing.problems)
            found = ((path, stamp_of(f"{tree.root}/{path}")) for path in listing.paths)
            tree._take((path, stamp) for path, stamp in found if stamp is not None)
        else:
            excluded = rules_of(exclude)
            kept = (each for each in stamps.items() if not excluded.hides(each[0]))
            tree._take(kept if excluded.rules else stamps.items())
        return tree

    @property
    def key(self) -> str:
        """The tree's name in the store."""
        return str(self.root)

    def announce(self, paths: Collection[str]) -> None:
        """Take no notice: files on disk are read one by one as fast."""

    def blob(self, path: str) -> bytes | None:  # noqa: ARG002 - one file is as another
        """Know nothing: what git's index says of a file may be of other line ends."""
        return None

    def read(self, path: str) -> bytes | None:
        """Read a file; `None`, and a problem noted, when it cannot be read."""
        try:
            descriptor = os.open(f"{self.root}/{path}", _OPENED)
            try:
                # Asking for more than there is would make room for all that was asked for.
                return os.read(descriptor, min(os.fstat(descriptor).st_size, self.max_bytes) + 1)
            finally:
                os.close(descriptor)
        except OSError as error:
            self._note("unreadable-file", path, f"cannot be read ({error.strerror})")
            return None

    def _take(self, stamps: Iterable[tuple[str, Stamp]]) -> None:
        """Note files, those that are too large as a problem."""
        for path, stamp in stamps:
            if stamp.size <= self.max_bytes:
                self.stamps[path] = stamp
                continue
            limit = f"{self.max_bytes / 1_000_000:g} MB"
            self._note("large-file", path, f"is larger than {limit} and was not read")

    def _note(self, code: str, path: str, what: str) -> None:
        problem = Problem(code, phrase("{path} {what}", path=path, what=what), path=path)
        if problem not in self.problems:
            self.problems.append(problem)
