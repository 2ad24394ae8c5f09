"""A tree of files as the index needs it: its paths, what tells that one changed, its bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from msgspec import Struct, field

from tracegloss.errors import RepositoryError
from tracegloss.index.files.discover import AskedGit, list_files
from tracegloss.model.trace import Problem
from tracegloss.recorded import phrase

MAX_FILE_BYTES = 2_000_000
# Links are not followed, and no line end is converted.
_OPENED = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class Stamp(NamedTuple):
    """What the file system says of a file: equal stamps stand for equal bytes."""

    mtime_ns: int
    size: int
    inode: int


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
        cls, root: Path, exclude: tuple[str, ...] = (), asked: AskedGit | None = None
    ) -> WorkingTree:
        """List a folder's files; raises `RepositoryError` when there is no such folder.

        `asked` is as in `list_files`.
        """
        if not root.is_dir():
            raise RepositoryError(
                "This is no folder", where=str(root), remedy="Give the root of a repository"
            )
        tree = cls(root.resolve(), exclude)
        listing = list_files(tree.root, exclude, asked)
        tree.problems.extend(listing.problems)
        tree._stamp(listing.paths)
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

    def _stamp(self, paths: Iterable[str]) -> None:
        """Note regular files; links are left out, for what they name is listed by itself."""
        folder = f"{self.root}/"
        for path in paths:
            try:
                found = os.lstat(folder + path)
            except OSError:
                continue  # listed by git, deleted on disk
            if not stat.S_ISREG(found.st_mode):
                continue
            size = found.st_size
            if size > self.max_bytes:
                limit = f"{self.max_bytes / 1_000_000:g} MB"
                self._note("large-file", path, f"is larger than {limit} and was not read")
                continue
            self.stamps[path] = Stamp(found.st_mtime_ns, size, found.st_ino)

    def _note(self, code: str, path: str, what: str) -> None:
        problem = Problem(code, phrase("{path} {what}", path=path, what=what), path=path)
        if problem not in self.problems:
            self.problems.append(problem)
