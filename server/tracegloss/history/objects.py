"""Reads commits, trees and blobs of a repository through one long-lived `git cat-file`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from msgspec import Struct, field

from tracegloss.history.hardened import NoRepository, open_repository

if TYPE_CHECKING:
    import git

LARGEST_BLOB = 5_000_000
_FULL_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_BLOB_MODES = frozenset({b"100644", b"100755", b"100664"})


class Objects(Struct):
    """The objects of the repository around a root; closes its processes when left.

    `prefix` is the root's folder within the repository with a `/` behind it, `""` at its top; all
    paths given and taken are relative to the root.
    """

    repository: git.Repo
    prefix: str
    _trees: dict[str, Mapping[str, bytes]] = field(default_factory=dict)

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
        self.repository.close()

    def resolve(self, revision: str) -> str | None:
        """Give the full id of the commit a revision names; `None` when there is none here.

        The revision is never read as an option, and nothing is fetched for it.
        """
        found = self.ask(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
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
        try:
            stream = self.repository.odb.stream(blob)
            if stream.type != b"blob" or stream.size > LARGEST_BLOB:
                _read_off(stream)
                return None
            return bytes(stream.read())
        except (ValueError, OSError):
            return None

    def blobs(self, wanted: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give many blobs by id; those that cannot be read are left out."""
        found: dict[bytes, bytes] = {}
        for blob in dict.fromkeys(wanted):
            data = self.blob(blob)
            if data is not None:
                found[blob] = data
        return found

    def ask(self, *command: str) -> str:
        """Run one reading git command; an answer of "no" is the empty text.

        Only commands that compare no working files may be asked, and revisions only as full ids.
        """
        import git

        try:
            return str(self.repository.git.execute(["git", *command])).strip()
        except git.GitCommandError:
            return ""

    def _listed(self, commit: str) -> dict[str, bytes]:
        if not _FULL_ID.match(commit):
            return {}
        import git

        treeish = f"{commit}:{self.prefix.rstrip('/')}" if self.prefix else commit
        try:
            listed = self.repository.git.execute(
                ["git", "ls-tree", "-r", "-z", "--full-tree", treeish],
                stdout_as_string=False,
                strip_newline_in_stdout=False,
            )
        except git.GitCommandError:
            return {}
        return dict(_entries(listed))


def open_objects(root: Path) -> Objects | NoRepository:
    """Open the objects of the repository around a root, or say why there are none."""
    repository = open_repository(root)
    if isinstance(repository, NoRepository):
        return repository
    top = repository.working_tree_dir
    prefix = "" if top is None else os.path.relpath(root.resolve(), Path(top).resolve())
    inside = prefix not in {"", "."} and not prefix.startswith("..")
    return Objects(repository, f"{Path(prefix).as_posix()}/" if inside else "")


def _entries(listed: bytes) -> Iterable[tuple[str, bytes]]:
    for entry in listed.split(b"\0"):
        about, _, path = entry.partition(b"\t")
        mode, _, named = about.partition(b" ")
        if path and mode in _BLOB_MODES:
            yield os.fsdecode(path), bytes.fromhex(named.partition(b" ")[2].decode("ascii"))


def _read_off(stream: object) -> None:
    """Leave the pipe of the reader where the next answer begins."""
    read = getattr(stream, "read", None)
    while read is not None and read(1 << 20):
        pass
