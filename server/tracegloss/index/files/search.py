"""Which files may hold a site, by searching their bytes: what is not mentioned is not parsed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet

from msgspec import Struct

from tracegloss.index.modules import ModuleMap
from tracegloss.matcher import matcher

_MAX_TAIL_FOLDERS = 3
_NOTEBOOK = ".ipynb"
_IMPORT = b"import"
# Modules that are named by text are imported by one of these.
_GETATTR = b"__getattr__"
_LAZY = (b"import_module", b"__import__", b"lazy", b"Lazy")
_AROUND_TEXT = frozenset((b'"', b"'", b".", b":"))
_STATEMENT = matcher(
    r"\bfrom[ \t]+(?P<of>[\w.]+)[ \t]+import\b[ \t]*\(?(?P<members>[^)\n]*)"
    r"|\bimport[ \t]+(?P<modules>[\w., \t]+)"
)
_WORD = frozenset(bytes([byte]) for byte in range(256) if byte >= 0x80 or chr(byte).isalnum()) | {
    b"_"
}
# Leaves nothing but space between words.
_APART = bytes(byte if bytes([byte]) in _WORD else 0x20 for byte in range(256))


class Term(Struct, frozen=True):
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


class ImportLines(Struct, frozen=True, array_like=True, gc=False):
    """The lines of a file that import; `is_lazy` when modules may be named elsewhere, by text."""

    lines: bytes
    is_lazy: bool

    @classmethod
    def of(cls, data: bytes) -> ImportLines:
        """Find the lines that import, to the end of their parentheses."""
        lines = b"\n".join(_import_lines(data))
        return cls(lines, _GETATTR in data or any(marker in lines for marker in _LAZY))


class TermSearch:
    """Searches files for many terms at once: first the lines that import, then the whole file."""

    def __init__(self, terms: Iterable[Term], modules: ModuleMap) -> None:
        self._modules = modules
        self._by_name: dict[bytes, list[Term]] = {}
        for term in terms:
            self._by_name.setdefault(term.name.encode(), []).append(term)
        # What lines that import must hold, any of it, for a file to mean these names.
        self._told_by: dict[bytes, set[bytes]] = {}
        for name, named in self._by_name.items():
            for word in (name, *(term.tail.encode() for term in named)):
                self._told_by.setdefault(word, set()).add(name)

    def names_in(self, path: str, imports: ImportLines) -> Collection[bytes]:
        """Give the names that a file may mean, for all that its lines that import tell."""
        if imports.is_lazy or path.endswith(_NOTEBOOK):
            return self._by_name
        told = self._told_by.keys() & imports.lines.translate(_APART).split()
        return {name for word in told for name in self._told_by[word]}

    def hits(self, path: str, data: bytes, imports: ImportLines, names: Iterable[bytes]) -> bool:
        """Tell whether a file mentions one of some names, as a word, and imports its module."""
        imported: _Imports | None = None
        for name in names:
            if name not in data or not _stands_alone(name, data):
                continue
            if path.endswith(_NOTEBOOK):
                return True
            imported = imported or _Imports(path, data, imports, self._modules)
            if any(imported.bring(term) for term in self._by_name[name]):
                return True
        return False


class _Imports:
    """What one file imports, as far as its bytes tell."""

    def __init__(self, path: str, data: bytes, lines: ImportLines, modules: ModuleMap) -> None:
        self._path = path
        self._data = data
        self._modules = modules
        self._lines = lines.lines.decode("utf-8", "replace")
        self._words = frozenset(re.findall(r"\w+", self._lines))
        self._is_lazy = lines.is_lazy
        self._files: frozenset[str] | None = None

    def bring(self, term: Term) -> bool:
        """Tell whether what a term stands for is imported, by statement or by a module's name."""
        if term.tail in self._words and any(_is_of(term, file) for file in self._imported()):
            return True
        if self._is_lazy and _stands_in(_AROUND_TEXT, term.tail.encode(), self._data):
            return True
        inside = self._path.startswith(f"{term.folder}/") if term.folder else True
        return inside and b"from ." in self._data and term.name in self._words

    def _imported(self) -> frozenset[str]:
        if self._files is None:
            resolve = self._modules.resolve
            named = {module for line in _STATEMENT.finditer(self._lines) for module in _named(line)}
            self._files = frozenset(f for module in named for f in resolve(self._path, module))
        return self._files


def _named(statement: re.Match[str]) -> Iterator[str]:
    """Yield the modules that an import statement may mean."""
    module, members, modules = statement["of"], statement["members"], statement["modules"]
    if modules is not None:
        yield from (part.split()[0] for part in modules.split(",") if part.split())
        return
    yield module
    separator = "" if module.endswith(".") else "."
    yield from (f"{module}{separator}{name}" for name in re.findall(r"\w+", members))


def _is_of(term: Term, file: str) -> bool:
    """Tell whether a file is the module a term is of, or a package above it."""
    folder, _, name = file.rpartition("/")
    if name != "__init__.py":
        return folder == term.folder and name == f"{term.tail}.py"
    return folder.rpartition("/")[2] == term.tail and f"{term.folder}/".startswith(f"{folder}/")


def _stands_alone(name: bytes, data: bytes) -> bool:
    """Tell whether a name is there as a word; a pattern that looks behind is many times slower."""
    return any(before not in _WORD and after not in _WORD for before, after in _sides(name, data))


def _stands_in(around: AbstractSet[bytes], name: bytes, data: bytes) -> bool:
    """Tell whether a name is there between two of some bytes."""
    return any(before in around and after in around for before, after in _sides(name, data))


def _sides(name: bytes, data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the byte before and the byte after each time that a name is there."""
    at = data.find(name)
    while at >= 0:
        end = at + len(name)
        yield data[max(at - 1, 0) : at], data[end : end + 1]
        at = data.find(name, end)


def _import_lines(data: bytes) -> Iterator[bytes]:
    at = data.find(_IMPORT)
    while at >= 0:
        start = data.rfind(b"\n", 0, at) + 1
        end = data.find(b"\n", at)
        if end < 0:
            end = len(data)
        opened = data.find(b"(", at, end)
        if opened >= 0:
            closed = data.find(b")", opened)
            end = closed if closed >= 0 else len(data)
        yield data[start:end]
        at = data.find(_IMPORT, end)
