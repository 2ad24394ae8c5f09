"""The code of one tree as history compares it: its files, their texts and their functions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from tracegloss.history.objects import Objects
from tracegloss.index.entries import entry_of
from tracegloss.index.files.bulk import extracted
from tracegloss.index.files.discover import SUFFIXES
from tracegloss.index.files.tree_of_files import blob_id
from tracegloss.index.interpreter.scopes import FileScopes
from tracegloss.index.places import function_id
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.model.site import FunctionId, Place
from tracegloss.syntax.source import read_source
from tracegloss.text import LineIndex


class Code:
    """One tree, each of its files read once and only when it is asked for.

    `paths` are its Python files and notebooks. `index` spares reading the files that it indexed.
    `blob_of` knows the blob ids of files without reading them, as far as it does.
    """

    def __init__(
        self,
        paths: Collection[str],
        read: Callable[[str], bytes | None],
        index: RepoIndex | None = None,
        blob_of: Callable[[str], bytes | None] | None = None,
    ) -> None:
        """Read nothing yet."""
        self.paths = paths
        self._read = read
        self._index = index
        self._blob_of = blob_of
        self._raw: dict[str, bytes | None] = {}
        self._texts: dict[str, dict[str, LineIndex]] = {}
        self._functions: dict[str, tuple[FunctionEntry, ...]] = {}

    def raw(self, path: str) -> bytes | None:
        """Give the bytes of a file; `None` when it is not there or cannot be read."""
        if path not in self._raw:
            self._raw[path] = self._read(path) if path in self.paths else None
        return self._raw[path]

    def blob(self, path: str) -> bytes | None:
        """Give the blob id of a file's bytes."""
        if path not in self.paths:
            return None
        known = None if self._blob_of is None else self._blob_of(path)
        if known is None and (raw := self.raw(path)) is not None:
            known = blob_id(raw)
        return known

    def texts(self, path: str) -> dict[str, LineIndex]:
        """Give the text of a file by its path, or those of a notebook's cells by `path#cell`."""
        if path not in self._texts:
            raw = self.raw(path)
            self._texts[path] = {} if raw is None else labelled_texts(path, raw)
        return self._texts[path]

    def text(self, place: Place) -> LineIndex | None:
        """Give the text that a place lies in."""
        label = place.path if place.cell is None else f"{place.path}#{place.cell}"
        return self.texts(place.path).get(label)

    def functions(self, path: str) -> tuple[FunctionEntry, ...]:
        """Give the functions and classes of a file, in order of their lines."""
        if path not in self._functions:
            self._functions[path] = self._indexed(path) or self._extracted(path)
        return self._functions[path]

    def function(self, function: FunctionId) -> FunctionEntry | None:
        """Find one function; `None` for the code of a module itself."""
        found = (e for e in self.functions(function.path) if e.function == function)
        return next(found, None)

    def source(self, entry: FunctionEntry) -> list[str]:
        """Give the lines of a function, decorators included, without line ends."""
        text = self.text(entry.extent)
        if text is None:
            return []
        extent = entry.extent.range
        last = extent.end.line - (1 if extent.end.column == 0 else 0)
        return [text.line_text(line) for line in range(extent.start.line, last + 1)]

    def _indexed(self, path: str) -> tuple[FunctionEntry, ...]:
        index = self._index
        if index is None or path not in index.indexed:
            return ()
        entries = (index.functions[function] for function in index.functions_in(path))
        return tuple(entry for entry in entries if entry.kind != "module")

    def _extracted(self, path: str) -> tuple[FunctionEntry, ...]:
        raw = self.raw(path)
        return () if raw is None else functions_of_file(path, raw)


def code_at(
    objects: Objects, commit: str, edits: Mapping[str, bytes | None] = MappingProxyType({})
) -> Code:
    """Give the code of a commit, named by its full id.

    `edits` are texts that stand in place of the commit's, `None` for a file that is not there.
    """
    blobs = {path: blob for path, blob in objects.tree(commit).items() if path.endswith(SUFFIXES)}
    for path, text in edits.items():
        blobs.pop(path, None)
        if text is not None:
            blobs[path] = blob_id(text)

    def read(path: str) -> bytes | None:
        return edits[path] if path in edits else objects.blob(blobs[path])

    return Code(blobs.keys(), read, blob_of=blobs.get)


def code_of_texts(texts: Mapping[str, bytes]) -> Code:
    """Give code that is these texts by path, and no more."""
    return Code(texts.keys(), texts.get)


def functions_of_file(path: str, raw: bytes) -> tuple[FunctionEntry, ...]:
    """Read the functions and classes of a file's bytes, in order of their lines."""
    scopes = FileScopes(extracted(path, raw))
    return tuple(
        entry_of(scopes, function_id(scopes, path, number), number)
        for number in range(len(scopes.facts.definitions))
    )


def labelled_texts(path: str, raw: bytes) -> dict[str, LineIndex]:
    """Give the UTF-8 text of a file by its path, or those of a notebook's cells by `path#cell`."""
    if not path.endswith(".ipynb"):
        return {path: LineIndex.of(read_source(raw).text)}
    from tracegloss.syntax.notebook import cell_texts  # it brings the parser

    return {f"{path}#{cell}": LineIndex.of(text) for cell, text in cell_texts(raw).items()}
