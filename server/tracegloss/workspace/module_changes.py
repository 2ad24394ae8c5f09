"""What changed between two runs at the top level of the modules that their functions lie in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct

from tracegloss.compare.suspects import ChangedFunction
from tracegloss.history.bindings import Binding, bindings, hashes, names_read
from tracegloss.history.code import Code
from tracegloss.history.objects import Objects
from tracegloss.history.touched import Touches
from tracegloss.index.modules import ModuleMap
from tracegloss.index.repo import FunctionEntry
from tracegloss.model.freshness import ChangedIn
from tracegloss.model.site import FunctionId, Place
from tracegloss.text import range_of

MOST_UNREAD = 5
MOST_READ = 50
_MOST_HOPS = 3


class Reader(Struct, frozen=True):
    """A function on the path in both runs; `shown` are the functions with spans it stands for."""

    then: FunctionEntry
    now: FunctionEntry
    shown: tuple[FunctionId, ...]


class _Bound(Struct, frozen=True):
    """A name where it is bound in the end; `path` is empty for what is outside of the tree."""

    path: str
    binding: Binding

    @property
    def key(self) -> FunctionId:
        return FunctionId(self.path, self.binding.name, self.binding.at.start.line)


_NOTHING = _Bound("", Binding("", "", range_of(0, 0, 0, 0)))


class _Bindings:
    """The top levels of the modules of one tree, each read once."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._modules = ModuleMap(code.paths)
        self._known: dict[str, Mapping[str, Binding]] = {}

    def of(self, path: str) -> Mapping[str, Binding]:
        """Give what a Python file binds; notebooks bind nothing here."""
        if path not in self._known:
            raw = self._code.raw(path) if path.endswith(".py") else None
            self._known[path] = {} if raw is None else bindings(raw)
        return self._known[path]

    def bound(self, path: str, name: str) -> _Bound | None:
        """Follow a name that is read in a file through imports; `None` for a function, or local."""
        for _ in range(_MOST_HOPS):
            base, _, member = name.partition(".")
            found = self.of(path).get(name) or self.of(path).get(base)
            if found is None:
                return None
            if found.imported is None:
                return _Bound(path, found)
            module, wanted = found.imported.module, found.imported.member
            joined = f"{module}{'' if module.endswith('.') else '.'}{wanted}" if wanted else module
            submodule = self._modules.resolve(path, joined)
            if submodule and member:
                path, name = submodule[0], member
                continue
            files = self._modules.resolve(path, module)
            if not files or not wanted:
                return None if submodule else _Bound("", found)
            path, name = files[0], f"{wanted}.{member}" if member else wanted
        return None


class ModuleChanges:
    """The names at module level that differ between two commits (full ids)."""

    def __init__(self, objects: Objects, then: Code, now: Code, commits: tuple[str, str]) -> None:
        """Read nothing yet."""
        self._then, self._now = _Bindings(then), _Bindings(now)
        self._texts = then, now
        self._touches = Touches(objects, hashes)
        self._commits = commits

    def changed(self, readers: tuple[Reader, ...]) -> Iterator[ChangedFunction]:
        """Yield names that functions read, through imports too, then others of their files."""
        read: dict[FunctionId, tuple[_Bound | None, _Bound | None, dict[FunctionId, None]]] = {}
        for reader in readers:
            for old, new in self._read_differently(reader):
                key = (new or old or _NOTHING).key
                read.setdefault(key, (old, new, {}))[2].update(dict.fromkeys(reader.shown))
        for old, new, shown in list(read.values())[:MOST_READ]:
            yield self._told(old, new, tuple(shown))
        files = {reader.now.function.path: reader.then.function.path for reader in readers}
        unread = (pair for now, then in files.items() for pair in self._differing(then, now))
        others = [(o, n) for o, n in unread if n.key not in read]
        for old, new in others[:MOST_UNREAD]:
            yield self._told(old, new, ())

    def _read_differently(self, reader: Reader) -> Iterator[tuple[_Bound | None, _Bound | None]]:
        then, now = reader.then.function, reader.now.function
        for name in sorted(self._names(0, reader.then) | self._names(1, reader.now)):
            old, new = self._then.bound(then.path, name), self._now.bound(now.path, name)
            is_outside = not any(each is not None and each.path for each in (old, new))
            if not is_outside and _text(old) != _text(new):
                yield old, new

    def _names(self, end: int, entry: FunctionEntry) -> frozenset[str]:
        """Name what a function reads; a member of `self` or `cls` is one of its class."""
        owner = entry.function.qualified_name.rpartition(".")[0].rpartition(".")[2]
        names = names_read(self._texts[end].source(entry))
        own = (name.partition(".") for name in names)
        return names | {f"{owner}.{member}" for base, _, member in own if base in {"self", "cls"}}

    def _differing(self, then: str, now: str) -> Iterator[tuple[_Bound, _Bound]]:
        """Yield the names of a module that are in both runs; nobody read others."""
        before, after = self._then.of(then), self._now.of(now)
        for name, new in after.items():
            old = before.get(name)
            if old is not None and old.text != new.text and not (old.imported or new.imported):
                yield _Bound(then, old), _Bound(now, new)

    def _told(
        self, old: _Bound | None, new: _Bound | None, readers: tuple[FunctionId, ...]
    ) -> ChangedFunction:
        how: Literal["edited", "gone", "new"] = (
            "new" if old is None else "gone" if new is None else "edited"
        )
        stands = next((each for each in (new, old) if each is not None and each.path), _NOTHING)
        ends = tuple(dict.fromkeys(e.key for e in (new, old) if e is not None and e.path))
        return ChangedFunction(
            stands.key,
            Place(stands.path, stands.binding.at),
            how,
            self._touching(ends, *self._commits) or self._touching(ends, *self._commits[::-1]),
            (),
            readers,
            is_function=False,
        )

    def _touching(self, names: tuple[FunctionId, ...], old: str, new: str) -> tuple[ChangedIn, ...]:
        return tuple(commit.told for commit, _ in self._touches.touching(names, old, new))


def _text(bound: _Bound | None) -> str | None:
    return None if bound is None else bound.binding.text
