"""The files of a commit as a tree that the index is built from, without a working tree."""

from __future__ import annotations

from msgspec import Struct, field

from tracegloss.history.objects import Objects
from tracegloss.index.discover import MAX_DEPTH, SUFFIXES
from tracegloss.index.ignore import rules_of
from tracegloss.index.tree_of_files import MAX_FILE_BYTES, Stamp
from tracegloss.model.trace import Problem
from tracegloss.recorded import phrase


class CommitTree(Struct):
    """The Python files and notebooks of one commit, below the root.

    The stamp of a file is its blob id: equal stamps stand for equal bytes in every commit.
    """

    objects: Objects
    commit: str
    exclude: tuple[str, ...] = ()
    stamps: dict[str, Stamp] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, objects: Objects, commit: str, exclude: tuple[str, ...] = ()) -> CommitTree:
        """List the files of a commit, named by its full id."""
        tree = cls(objects, commit, exclude)
        excluded = rules_of(exclude)
        for path, blob in objects.tree(commit).items():
            is_code = path.endswith(SUFFIXES) and path.count("/") <= MAX_DEPTH
            if is_code and not excluded.hides(path):
                tree.stamps[path] = stamp_of(blob)
        return tree

    @property
    def key(self) -> str:
        """The tree's name in the store: the commit, the folder within it, what is left out."""
        return "\n".join((f"commit {self.commit}", self.objects.prefix, *self.exclude))

    def read(self, path: str) -> bytes | None:
        """Read a file; `None`, and a problem noted, when it cannot be read."""
        data = self.objects.text(self.commit, path)
        if data is None or len(data) > MAX_FILE_BYTES:
            words = "{path} cannot be read at that commit"
            self.problems.append(Problem("unreadable-file", phrase(words, path=path), path=path))
            return None
        return data


def stamp_of(blob: bytes) -> Stamp:
    """Write a blob id as the three numbers of a stamp."""
    return Stamp(
        int.from_bytes(blob[:7], "big"),
        int.from_bytes(blob[7:14], "big"),
        int.from_bytes(blob[14:20], "big"),
    )
