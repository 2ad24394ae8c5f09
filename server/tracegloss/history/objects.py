"""Reads commits, trees and blobs of a repository through one long-lived `git cat-file`."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from subprocess import PIPE
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

from msgspec import Struct, field

from tracegloss.history.hardened import NoRepository, open_repository

if TYPE_CHECKING:
    import git
    from git.cmd import Git

LARGEST_BLOB = 5_000_000
# Questions of this many ids fit into a pipe of 64 kB, so that nobody waits for the other end.
_AT_ONCE = 500
_FULL_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_BLOB_MODES = frozenset({"100644", "100755", "100664"})


class Objects(Struct):
    """The objects of the repository around a root; closes its processes when left.

    `prefix` is the root's folder within the repository with a `/` behind it, `""` at its top; all
    paths given and taken are relative to the root.
    """

    repository: git.Repo
    prefix: str
    _trees: dict[str, Mapping[str, bytes]] = field(default_factory=dict)
    _reader: Git.AutoInterrupt | None = None

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
        reader, self._reader = self._reader, None
        if reader is not None and reader.stdin is not None:
            with contextlib.suppress(OSError):
                reader.stdin.close()
        del reader  # GitPython ends the process with its last reference
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
        return self._read(blob.hex())

    def text_at(self, commit: str, path: str) -> bytes | None:
        """Give the bytes of a file at a commit without listing the commit's tree."""
        return self.text_at_top(commit, self.prefix + path)

    def text_at_top(self, commit: str, path: str) -> bytes | None:
        """Give the bytes of a file whose path is relative to the top of the repository."""
        name = f"{commit}:{path}"
        return None if "\n" in name or not _FULL_ID.match(commit) else self._read(name)

    def blobs(self, wanted: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give many blobs by id; those that cannot be read are left out."""
        blobs = list(dict.fromkeys(wanted))
        read = zip(blobs, self._read_all([blob.hex() for blob in blobs]), strict=True)
        return {blob: data for blob, data in read if data is not None}

    def ask(self, *command: str) -> str:
        """Run one reading git command; an answer of "no" is the empty text.

        Only commands that compare no working files may be asked, and revisions only as full ids.
        """
        import git

        try:
            return str(self.repository.git.execute(["git", *command])).strip()
        except git.GitCommandError:
            return ""

    def _read(self, name: str) -> bytes | None:
        return next(self._read_all((name,)))

    def _read_all(self, names: Sequence[str]) -> Iterator[bytes | None]:
        """Ask for many objects at once, as many as fit into the pipe, then read the answers."""
        for start in range(0, len(names), _AT_ONCE):
            batch = names[start : start + _AT_ONCE]
            try:
                reader, answers = self._pipes()
                reader.write(
                    "".join(f"{name}\n" for name in batch).encode("utf-8", "surrogateescape")
                )
                reader.flush()
                yield from [_answer(answers) for _ in batch]
            except (OSError, ValueError):
                self._reader = None
                yield from [None] * len(batch)

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        """Give the two ends of `git cat-file`, which is started with the first question."""
        if self._reader is None:
            self._reader = self.repository.git.execute(
                ["git", "cat-file", "--batch"], as_process=True, istream=PIPE
            )
        process = self._reader
        if process.stdin is None or process.stdout is None:
            raise OSError("git has no pipes")
        return process.stdin, process.stdout

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
        return dict(tree_entries(listed))


def open_objects(root: Path) -> Objects | NoRepository:
    """Open the objects of the repository around a root, or say why there are none."""
    repository = open_repository(root)
    if isinstance(repository, NoRepository):
        return repository
    top = repository.working_tree_dir
    prefix = "" if top is None else os.path.relpath(root.resolve(), Path(top).resolve())
    inside = prefix not in {"", "."} and not prefix.startswith("..")
    return Objects(repository, f"{Path(prefix).as_posix()}/" if inside else "")


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


def _answer(answers: IO[bytes]) -> bytes | None:
    """Read one answer of `git cat-file --batch`: a header, and what it announces."""
    header = answers.readline()
    if not header:
        raise OSError("git has ended")
    words = header.split()
    if len(words) != 3 or not words[2].isdigit():
        return None
    size = int(words[2])
    if words[1] != b"blob" or size > LARGEST_BLOB:
        left = size + 1
        while left > 0 and (skipped := answers.read(min(left, 1 << 20))):
            left -= len(skipped)
        return None
    data = answers.read(size)
    answers.read(1)
    return data if len(data) == size else None
