"""Reads the texts that places of a trace lie in, as the UTF-8 lines the index counts in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tracegloss.syntax.source import read_source
from tracegloss.text import LineIndex
from tracegloss.workspace.root import read_within


class Texts:
    """The texts of one root, each read once; notebooks stand by cell under `path#cell`."""

    def __init__(self, root: Path) -> None:
        """Remember the root; nothing is read yet."""
        self._root = root
        self._lines: dict[str, LineIndex] = {}
        self._read: set[str] = set()

    def of(self, paths: Iterable[str]) -> dict[str, LineIndex]:
        """Return the texts of files by path; what cannot be read is left out."""
        for path in sorted(set(paths) - self._read):
            self._read.add(path)
            self._lines.update(self._load(path))
        return dict(self._lines)

    def _load(self, path: str) -> dict[str, LineIndex]:
        raw = read_within(self._root, path)
        if raw is None:
            return {}
        if not path.endswith(".ipynb"):
            return {path: LineIndex.of(read_source(raw).text)}
        from tracegloss.syntax.notebook import cell_texts  # it brings the parser

        cells = cell_texts(raw)
        return {f"{path}#{cell}": LineIndex.of(text) for cell, text in cells.items()}
