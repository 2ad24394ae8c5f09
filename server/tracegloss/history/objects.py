"""Reads commits, trees and blobs of a repository, hardened, and without its working files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from msgspec import Struct, field

from tracegloss.history.asking import ask_git, ask_git_bytes, repository_refused
from tracegloss.history.folders import repository_folders
from tracegloss.history.hardened import NoRepository, open_repository
from tracegloss.history.reader import BlobReader

if TYPE_CHECKING:
    import git

_FULL_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_BLOB_MODES = frozenset({"100644", "100755", "100664"})


class Objects(Struct):
    """The objects of the repository around a root; closes its processes when left.

    Blobs and trees are read by git itself, for a report of an old trace reads hundreds; logs are
    asked for through GitPython, which takes longer to import than such a report may.
    `prefix` is the root's folder within the repository with a `/` behind it, `""` at its top; all
    paths given and taken are relative to the root.
    """

    root: Path
    prefix: str
    _reader: BlobReader
    _ahead: BlobReader
    _repository: git.Repo | None = None
    _trees: dict[str, Mapping[str, bytes]] = field(default_factory=dict)

    @classmethod
    def at(cls, root: Path) -> Objects:
        """Open the objects around a root that git is known to read; nothing is asked yet."""
        return cls(root, repository_folders(root)[0], BlobReader(root), BlobReader(root))

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the processes."""
        self.close()

    def close(self) -> None:
        """End the processes; the next question starts them again."""
        self._reader.close()
        self._ahead.close()
        repository, self._repository = self._repository, None
        if repository is not None:
            repository.close()

    def resolve(self, revision: str) -> str | None:
        """Give the full id of the commit a revision names; `None` when there is none here.

        The revision is never read as an option, and nothing is fetched for it.
        """
        if not revision.isprintable():
            return None
        command = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        try:
            [found] = ask_git(self.root, command)
        except OSError:
            return None
        last = found.splitlines()[-1] if found else ""
        return last if _FULL_ID.match(last) else None

    def tree(self, commit: str) -> Mapping[str, bytes]:
        """Give the files of a commit (a full id) by path with their blob ids (20 or 32 bytes).

        Links and submodules are left out. A commit that is not here has no files.
        """
        known = self._trees.get(commit)
        if known is None:
            known = self._trees[commit] = self._listed(commit)
        return known

    def text(self, commit: str, path: str) -> bytes | None:
        """Give the bytes of a file at a commit; `None` when it is not there or too large."""
        blob = self.tree(commit).get(path)
        return None if blob is None else self.blob(blob)

    def blob(self, blob: bytes) -> bytes | None:
        """Give the bytes of a blob; `None` when it is missing, no blob, or over 5 MB."""
        return self._reader.read(blob.hex())

    def text_at(self, commit: str, path: str) -> bytes | None:
        """Give the bytes of a file at a commit without listing the commit's tree."""
        return self.text_at_top(commit, self.prefix + path)

    def text_at_top(self, commit: str, path: str) -> bytes | None:
        """Give the bytes of a file whose path is relative to the top of the repository."""
        name = f"{commit}:{path}"
        return None if "\n" in name or not _FULL_ID.match(commit) else self._reader.read(name)

    def blobs_in_order(self, wanted: Sequence[bytes]) -> Iterator[bytes | None]:
        """Give many blobs by their ids, as `blob` does, while git reads those that follow.

        Only the last that were asked for so are given.
        """
        self._ahead.close()
        return self._ahead.read_all([blob.hex() for blob in wanted])

    def ask(self, *command: str) -> str:
        """Run one reading git command; an answer of "no" is the empty text.

        Only commands that compare no working files may be asked, and revisions only as full ids.
        """
        import git

        try:
            return str(self._opened().git.execute(["git", *command])).strip()
        except (git.GitCommandError, OSError):
            return ""

    def _opened(self) -> git.Repo:
        if self._repository is None:
            opened = open_repository(self.root)
            if isinstance(opened, NoRepository):
                raise OSError(opened.reason)
            self._repository = opened
        return self._repository

    def _listed(self, commit: str) -> dict[str, bytes]:
        if not _FULL_ID.match(commit):
            return {}
        treeish = f"{commit}:{self.prefix.rstrip('/')}" if self.prefix else commit
        listed = ask_git_bytes(self.root, "ls-tree", "-r", "-z", "--full-tree", treeish)
        return dict(tree_entries(listed or b""))


def open_objects(root: Path) -> Objects | NoRepository:
    """Open the objects of the repository around a root, or say why there are none."""
    refused = repository_refused(root)
    return Objects.at(root) if refused is None else refused


def tree_entries(listed: bytes) -> Iterator[tuple[str, bytes]]:
    """Read the answer of `git ls-tree -r -z`: files by path with their blob ids."""
    for entry in os.fsdecode(listed).split("\0"):
        about, _, path = entry.partition("\t")
        if path and about[:6] in _BLOB_MODES:
            yield path, bytes.fromhex(about.rpartition(" ")[2])


def old_entries(differing: bytes) -> Iterator[tuple[str, bytes | None]]:
    """Read the answer of `git diff-index --raw -z`: paths with the blob ids they had.

    `None` stands for what was no file.
    """
    words = os.fsdecode(differing).split("\0")
    for about, path in zip(words[::2], words[1::2], strict=False):
        mode, _, blob, *_ = about[1:].split(" ")
        yield path, bytes.fromhex(blob) if mode in _BLOB_MODES else None
