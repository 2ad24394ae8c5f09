"""Which files have to be indexed: those that trace, those that use their wrappers, and so on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet

from msgspec import Struct, field

from tracegloss.index.assemble import Assembled, assemble, sites_of_file
from tracegloss.index.attributes import direct_bases
from tracegloss.index.interpreter import Interpreter
from tracegloss.index.kept import KeptFile, keep_site, restore_site
from tracegloss.index.scopes import MODULE, FileScopes, last_name
from tracegloss.index.search import Term, terms_of
from tracegloss.index.sites import FoundSite
from tracegloss.index.tracing import API_NAMES
from tracegloss.index.values import Class
from tracegloss.index.wrappers import find_wrappers
from tracegloss.syntax.facts import Import

_MAX_ROUNDS = 12


class _Found(Struct, frozen=True):
    """The sites of one file, and the files that were missed while they were looked for."""

    sites: tuple[FoundSite, ...]
    missed: frozenset[str]


class Closure(Struct):
    """The files indexed so far, the wrapper names found in them, the terms they are known by."""

    interpreter: Interpreter
    indexed: set[str]
    terms: set[Term] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    carriers: dict[str, set[Class]] = field(default_factory=dict)
    _learned: set[str] = field(default_factory=set)
    _givers: dict[str, set[str]] = field(default_factory=dict)
    _found: dict[str, _Found] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.interpreter.indexed = lambda: self.indexed

    def close(
        self,
        search: Callable[[set[Term]], set[str]],
        ensure: Callable[[Iterable[str]], None],
    ) -> Assembled:
        """Follow wrappers and missed files to the end and put the sites together.

        `search` gives the files that mention terms, `ensure` makes facts of files available.
        """
        ensure(self.indexed)
        for _ in range(_MAX_ROUNDS):
            self._learn_names()
            missed = self._find_sites()
            new_terms = self._new_terms()
            self.terms |= new_terms
            more = (search(new_terms) if new_terms else set()) | missed
            if not more - self.indexed:
                break
            self.add(more, ensure)
        return self.assembled()

    def add(self, paths: Iterable[str], ensure: Callable[[Iterable[str]], None]) -> None:
        """Index further files; sites that may depend on them are found anew when asked for."""
        new = set(paths) - self.indexed
        ensure(new)
        self.indexed |= new
        self.interpreter.missed.clear()
        self.interpreter.forget()
        self._found = {
            path: found for path, found in self._found.items() if found.missed.isdisjoint(new)
        }

    def keep(self) -> tuple[KeptFile, ...]:
        """Give what was found, for the next run on the same files."""
        local, wrappers = self.interpreter.local_markers, self.interpreter.wrappers
        return tuple(
            KeptFile(
                path,
                tuple(keep_site(site) for site in found.sites),
                tuple(sorted(found.missed)),
                tuple(sorted(local.get(path, ()))),
                tuple(sorted(index for file, index in wrappers if file == path)),
            )
            for path, found in sorted(self._found.items())
        )

    def restore(self, kept: tuple[KeptFile, ...], names: tuple[str, ...]) -> None:
        """Take over what an earlier run on the same files found."""
        self.indexed = {file.path for file in kept}
        self._learned = set(self.indexed)
        self.names = set(names)
        self.interpreter.markers = API_NAMES | self.names
        self.interpreter.own_markers = frozenset(names)
        for file in kept:
            self.interpreter.local_markers[file.path] = frozenset(file.local_markers)
            self.interpreter.wrappers.update((file.path, index) for index in file.wrappers)
            sites = tuple(restore_site(site) for site in file.sites)
            self._found[file.path] = _Found(sites, frozenset(file.missed))

    def assembled(self) -> Assembled:
        """Put the sites of all files together."""
        self._find_sites()
        every = (site for _, found in sorted(self._found.items()) for site in found.sites)
        return assemble(self.interpreter, every)

    def _find_sites(self) -> set[str]:
        """Find the sites of files not looked at since they changed; gives the files they miss."""
        missed: set[str] = set()
        for path in sorted(self.indexed):
            if path not in self._found:
                self.interpreter.missed.clear()
                sites = sites_of_file(self.interpreter, path)
                self._found[path] = _Found(sites, frozenset(self.interpreter.missed))
            missed |= self._found[path].missed
        return missed

    def _learn_names(self) -> None:
        """Find wrappers until none is new: each may be made of those found before."""
        asked = self.indexed - self._learned
        while asked:
            self._learned |= asked
            new: set[str] = set()
            again: set[str] = set()
            for path in sorted(asked):
                found = find_wrappers(self.interpreter, path)
                new |= found.shared - self.names
                for name in found.shared:
                    self._givers.setdefault(name, set()).add(path)
                definitions = {(path, index) for index in found.definitions}
                if not definitions <= self.interpreter.wrappers:
                    self.interpreter.wrappers |= definitions
                    known = self.interpreter.local_markers.get(path, frozenset())
                    self.interpreter.local_markers[path] = known | found.local
                    again.add(path)
                    new |= found.shared
            self.names |= new
            self.interpreter.markers = API_NAMES | self.names
            self.interpreter.own_markers = frozenset(self.names)
            asked = again | {path for path in self.indexed if self._mentions(path, new)}
            if asked:
                self.interpreter.forget()
            for path in asked:
                self._found.pop(path, None)

    def _mentions(self, path: str, names: set[str]) -> bool:
        scopes = self.interpreter.scopes(path)
        return scopes is not None and not names.isdisjoint(scopes.mentioned)

    def _new_terms(self) -> set[Term]:
        found: set[Term] = set()
        n_givers = -1
        while n_givers != (n_givers := sum(map(len, self._givers.values()))):
            for path in sorted(self.indexed):
                scopes = self.interpreter.scopes(path)
                if scopes is not None:
                    found.update(self._terms_of_file(scopes, path))
        return found - self.terms

    def _terms_of_file(self, scopes: FileScopes, path: str) -> Iterable[Term]:
        """Yield the terms a file gives others: its wrappers, re-exports, classes that hold any."""
        names = scopes.names.get(MODULE, {})
        for name in self._given(scopes, path, names.keys()):
            imported = all(isinstance(bound, Import) for bound in names[name])
            if not name.startswith("__") and (not imported or path.endswith("__init__.py")):
                self._givers[name].add(path)
                yield from terms_of(name, path)
        for index, definition in enumerate(scopes.facts.definitions):
            if definition.kind != "class":
                continue
            members = scopes.names.get(index, {}).keys() | scopes.attributes.get(index, {}).keys()
            held = self._given(scopes, path, members)
            if held or self._inherits(scopes, Class(path, index)):
                self.carriers.setdefault(definition.name, set()).add(Class(path, index))
                for name in (*held, definition.name):
                    yield from terms_of(name, path)

    def _given(self, scopes: FileScopes, path: str, bound: AbstractSet[str]) -> list[str]:
        """Name the wrappers among bound names; one of their name alone may be anything."""
        known = self.names & bound
        if not known:
            return []
        near = {path, *self._imported(scopes, path)}
        return sorted(name for name in known if not near.isdisjoint(self._givers.get(name, ())))

    def _imported(self, scopes: FileScopes, path: str) -> Iterable[str]:
        for imported in scopes.facts.imports:
            for module in modules_of(imported):
                yield from self.interpreter.modules.resolve(path, module)

    def _inherits(self, scopes: FileScopes, of: Class) -> bool:
        bases = scopes.definition(of.definition).bases
        named = [self.carriers[name] for name in map(last_name, bases) if name in self.carriers]
        return bool(named) and any(
            base in carriers for base in direct_bases(self.interpreter, of) for carriers in named
        )


def modules_of(imported: Import) -> tuple[str, ...]:
    """Name the modules an import may mean: of `from a import b` these are `a` and `a.b`."""
    if imported.name in {None, "*"}:
        return (imported.module,)
    separator = "" if imported.module.endswith(".") else "."
    return (imported.module, f"{imported.module}{separator}{imported.name}")
