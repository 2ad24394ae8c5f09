"""Reads the texts that places of a trace lie in, as the UTF-8 lines the index counts in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from tracegloss.history.code import labelled_texts
from tracegloss.text import LineIndex
from tracegloss.workspace.root import read_within


class Texts:
    """The texts of one tree, each read once; notebooks stand by cell under `path#cell`."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        """Remember how a file is read by its path; nothing is read yet."""
        self._read_file = read
        self._lines: dict[str, LineIndex] = {}
        self._read: set[str] = set()

    @classmethod
    def below(cls, root: Path) -> Texts:
        """Read the files of a folder as they are on disk."""
        return cls(partial(read_within, root))

    def of(self, paths: Iterable[str]) -> dict[str, LineIndex]:
        """Return the texts of files by path; what cannot be read is left out."""
        for path in sorted(set(paths) - self._read):
            self._read.add(path)
            raw = self._read_file(path)
            if raw is not None:
                self._lines.update(labelled_texts(path, raw))
        return dict(self._lines)
