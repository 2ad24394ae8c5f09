"""Which files may hold a site, by searching their bytes: what is not mentioned is not parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_MAX_TAIL_FOLDERS = 3


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
        self._words = {name: _word(name) for name in self._by_name}

    def hits(self, path: str, data: bytes) -> bool:
        """Tell whether a file mentions a term's name, as a word, and its module."""
        for name, terms in self._by_name.items():
            if name not in data or self._words[name].search(data) is None:
                continue
            if any(_mentions_module(term, path, data) for term in terms):
                return True
        return False


def _word(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(?<!\w)" + re.escape(name) + rb"(?!\w)")


def _mentions_module(term: Term, path: str, data: bytes) -> bool:
    if term.tail.encode() in data:
        return True
    inside = path.startswith(f"{term.folder}/") if term.folder else True
    return inside and b"from ." in data
