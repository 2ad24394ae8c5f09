"""Which files have to be indexed: those that trace, those that use their wrappers, and so on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct, field

from tracegloss.index.assemble import Assembled, assemble, sites_of_file
from tracegloss.index.configured import FUNCTIONS, configured
from tracegloss.index.files.search import Term, terms_of
from tracegloss.index.gathered import FoundSites, Gathered
from tracegloss.index.interpreter.attributes import direct_bases
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.scopes import MODULE, FileScopes, last_name
from tracegloss.index.interpreter.values import Class
from tracegloss.index.needs import Needs
from tracegloss.index.store.kept import KeptFile
from tracegloss.index.wrappers import find_wrappers
from tracegloss.syntax.facts import Import

_MAX_ROUNDS = 12


class Closure(Struct):
    """The files indexed so far, what was found in them, the terms their wrappers are known by."""

    gathered: Gathered
    indexed: set[str] = field(default_factory=set)
    terms: set[Term] = field(default_factory=set)
    _learned: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.interpreter.indexed = lambda: self.indexed

    @property
    def interpreter(self) -> Interpreter:
        """What reads the facts of the tree."""
        return self.gathered.interpreter

    def close(
        self,
        search: Callable[[set[Term]], set[str]],
        ensure: Callable[[Iterable[str]], None],
    ) -> Assembled:
        """Follow wrappers and missed files to the end and put the sites together.

        `search` gives the files that mention terms, `ensure` makes facts of files available.
        """
        ensure(self.indexed - self._learned)
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
        self._learned -= self.gathered.drop_relying_on(new)

    def restore(self, kept: tuple[KeptFile, ...], names: tuple[str, ...]) -> None:
        """Take over what an earlier run on the same files found."""
        self.indexed.update(file.path for file in kept)
        self._learned = set(self.indexed)
        self.gathered.restore(kept, names)

    def settle(self, kept: tuple[KeptFile, ...], needs: Mapping[str, Needs]) -> None:
        """Take over what an earlier run found of the files whose needs are as they were."""
        self.gathered.settle(kept, needs)
        self._learned = set(self.gathered.settled)

    def assembled(self) -> Assembled:
        """Put the sites of all files together."""
        self._find_sites()
        found = self.gathered.found
        every = (site for _, each in sorted(found.items()) for site in each.sites)
        return assemble(self.interpreter, every)

    def settings(self) -> tuple[tuple[str, ...], ...]:
        """Give what all files set up of MLflow, by function, in the order of their paths."""
        by_file = [self._settings_of(path) for path in sorted(self.indexed)]
        return tuple(
            tuple(dict.fromkeys(text for each in by_file for text in each[number]))
            for number in range(len(FUNCTIONS))
        )

    def _settings_of(self, path: str) -> tuple[tuple[str, ...], ...]:
        known = self.gathered.settings.get(path)
        if known is None:
            with self.interpreter.about(path):
                known = self.gathered.settings[path] = configured(self.interpreter, path)
        return known

    def _find_sites(self) -> set[str]:
        """Find the sites of files not looked at since they changed; gives the files they miss."""
        missed: set[str] = set()
        found = self.gathered.found
        for path in sorted(self.indexed):
            if path not in found:
                self.interpreter.missed.clear()
                with self.interpreter.about(path):
                    sites = sites_of_file(self.interpreter, path)
                found[path] = FoundSites(sites, frozenset(self.interpreter.missed))
            missed |= found[path].missed
        return missed

    def _learn_names(self) -> None:
        """Find wrappers until none is new: each may be made of those found before."""
        gathered = self.gathered
        asked = self.indexed - self._learned
        while asked:
            self._learned |= asked
            new: set[str] = set()
            again: set[str] = set()
            for path in sorted(asked):
                with self.interpreter.about(path):
                    found = find_wrappers(self.interpreter, path)
                new |= found.shared - gathered.names
                gathered.shared[path] = gathered.shared.get(path, frozenset()) | found.shared
                for name in found.shared:
                    gathered.givers[name].add(path)
                definitions = {(path, index) for index in found.definitions}
                if not definitions <= self.interpreter.wrappers:
                    gathered.wrap(path, found.definitions, found.local)
                    again.add(path)
                    new |= found.shared
            gathered.name(new)
            asked = again | {path for path in self._unsettled() if self._mentions(path, new)}
            if asked:
                self.interpreter.forget()
            for path in asked:
                gathered.drop(path)

    def _unsettled(self) -> set[str]:
        return self.indexed - self.gathered.settled.keys()

    def _mentions(self, path: str, names: set[str]) -> bool:
        scopes = self.interpreter.scopes(path)
        return scopes is not None and not names.isdisjoint(scopes.mentioned)

    def _new_terms(self) -> set[Term]:
        found: set[Term] = set()
        givers = self.gathered.givers
        n_givers = -1
        while n_givers != (n_givers := sum(map(len, givers.values()))):
            for path in sorted(self._unsettled()):
                with self.interpreter.about(path):
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
                self.gathered.givers[name].add(path)
                yield from terms_of(name, path)
        for index, definition in enumerate(scopes.facts.definitions):
            if definition.kind != "class":
                continue
            members = scopes.names.get(index, {}).keys() | scopes.attributes.get(index, {}).keys()
            held = self._given(scopes, path, members)
            if held or self._inherits(scopes, Class(path, index)):
                self.gathered.carriers[definition.name].add(Class(path, index))
                for name in (*held, definition.name):
                    yield from terms_of(name, path)

    def _given(self, scopes: FileScopes, path: str, bound: AbstractSet[str]) -> list[str]:
        """Name the wrappers among bound names; one of their name alone may be anything."""
        known = self.gathered.names & bound
        if not known:
            return []
        near = {path, *self._imported(scopes, path)}
        self.interpreter.reads[path] |= near
        givers = self.gathered.givers
        return sorted(name for name in known if not near.isdisjoint(givers.get(name, ())))

    def _imported(self, scopes: FileScopes, path: str) -> Iterable[str]:
        for imported in scopes.facts.imports:
            for module in modules_of(imported):
                yield from self.interpreter.modules.resolve(path, module)

    def _inherits(self, scopes: FileScopes, of: Class) -> bool:
        bases = {last_name(base) for base in scopes.definition(of.definition).bases}
        self.interpreter.related[of.path] |= bases
        named = [self.gathered.carriers.get(name, set()) for name in bases]
        return any(named) and any(
            base in carriers for base in direct_bases(self.interpreter, of) for carriers in named
        )


def modules_of(imported: Import) -> tuple[str, ...]:
    """Name the modules an import may mean: of `from a import b` these are `a` and `a.b`."""
    if imported.name in {None, "*"}:
        return (imported.module,)
    separator = "" if imported.module.endswith(".") else "."
    return (imported.module, f"{imported.module}{separator}{imported.name}")
