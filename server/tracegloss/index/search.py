"""Which files may hold a site, by searching their bytes: what is not mentioned is not parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MAX_TAIL_FOLDERS = 3
_NOTEBOOK = ".ipynb"
_IMPORT = b"import"
_WORD = frozenset(bytes([byte]) for byte in range(256) if byte >= 0x80 or chr(byte).isalnum()) | {
    b"_"
}


@dataclass(frozen=True, slots=True)
class Term:
    """A wrapper's name together with the module that has it: both must be mentioned.

    `folder` is where the module lies: files in it may import it as `from . import name`.
    """

    name: str
    tail: str
    folder: str


def terms_of(name: str, path: str) -> frozenset[Term]:
    """Give the terms by which other files may mention a name of a module of the tree.

    Packages above the module count, for they often hand its names on.
    """
    folder, _, file = path.rpartition("/")
    parents = folder.split("/") if folder else []
    own = [] if file == "__init__.py" else [file.rpartition(".")[0]]
    tails = [*own, *reversed(parents[-_MAX_TAIL_FOLDERS:])] or [name]
    return frozenset(Term(name, tail, folder) for tail in tails)


class TermSearch:
    """Searches files for many terms at once; names that no file mentions cost one pass each."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._by_name: dict[bytes, list[Term]] = {}
        for term in terms:
            self._by_name.setdefault(term.name.encode(), []).append(term)

    def hits(self, path: str, data: bytes) -> bool:
        """Tell whether a file mentions a term's name, as a word, and imports its module."""
        imported: frozenset[bytes] | None = None
        for name, terms in self._by_name.items():
            if name not in data or not _stands_alone(name, data):
                continue
            if path.endswith(_NOTEBOOK):
                return True
            imported = _imported_words(data) if imported is None else imported
            if any(_imports(term, path, data, imported) for term in terms):
                return True
        return False


def _stands_alone(name: bytes, data: bytes) -> bool:
    """Tell whether a name is there as a word; a pattern that looks behind is many times slower."""
    at = data.find(name)
    while at >= 0:
        end = at + len(name)
        if data[end : end + 1] not in _WORD and (at == 0 or data[at - 1 : at] not in _WORD):
            return True
        at = data.find(name, end)
    return False


def _imported_words(data: bytes) -> frozenset[bytes]:
    """Give every word of the lines that import, to the end of their parentheses."""
    return frozenset(re.findall(rb"\w+", b" ".join(_import_lines(data))))


def _import_lines(data: bytes) -> Iterator[bytes]:
    at = data.find(_IMPORT)
    while at >= 0:
        start = data.rfind(b"\n", 0, at) + 1
        end = _end_of(data, b"\n", at)
        opened = data.find(b"(", at, end)
        if opened >= 0:
            end = _end_of(data, b")", opened)
        yield data[start:end]
        at = data.find(_IMPORT, end)


def _end_of(data: bytes, mark: bytes, start: int) -> int:
    end = data.find(mark, start)
    return len(data) if end < 0 else end


def _imports(term: Term, path: str, data: bytes, imported: frozenset[bytes]) -> bool:
    """Tell whether a file imports what a term stands for, by statement or by a module's name."""
    tail = term.tail.encode()
    if tail in imported:
        return True
    if tail in data and re.search(rb"[\"'.:]" + re.escape(tail) + rb"[\"'.:]", data):
        return True
    inside = path.startswith(f"{term.folder}/") if term.folder else True
    return inside and b"from ." in data and term.name.encode() in imported
