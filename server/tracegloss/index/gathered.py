"""What was found in each indexed file, in this run or in an earlier one on the same content."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct, field

from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.relations import FileRelations, relations_of
from tracegloss.index.interpreter.tracing import API_NAMES
from tracegloss.index.interpreter.values import Class
from tracegloss.index.needs import Needs, names_looked_for, readers
from tracegloss.index.sites import FoundSite
from tracegloss.index.store.kept import KeptFile, keep_site, restore_site

BlobOf = Callable[[str], bytes | None]


class FoundSites(Struct, frozen=True):
    """The sites of one file, and the files that were missed while they were looked for."""

    sites: tuple[FoundSite, ...]
    missed: frozenset[str]


class Gathered(Struct):
    """Wrapper names and who gives them, classes that hold wrappers, sites and settings, by file.

    `settled` are the files that were taken over from an earlier run and are not looked at again.
    """

    interpreter: Interpreter
    names: set[str] = field(default_factory=set)
    shared: dict[str, frozenset[str]] = field(default_factory=dict)
    givers: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    carriers: defaultdict[str, set[Class]] = field(default_factory=lambda: defaultdict(set))
    settings: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    found: dict[str, FoundSites] = field(default_factory=dict)
    settled: dict[str, KeptFile] = field(default_factory=dict)
    _needs: Mapping[str, Needs] = field(default_factory=dict)

    def name(self, names: Iterable[str]) -> None:
        """Add names of wrappers; the interpreter looks for them from now on."""
        self.names.update(names)
        self.interpreter.markers = API_NAMES | self.names
        self.interpreter.own_markers = frozenset(self.names)

    def wrap(self, path: str, definitions: Iterable[int], local: Iterable[str]) -> None:
        """Add the wrappers of a file, and the names of those that only the file itself can say."""
        known = self.interpreter.local_markers.get(path, frozenset())
        self.interpreter.local_markers[path] = known | frozenset(local)
        self.interpreter.wrappers.update((path, index) for index in definitions)

    def drop_relying_on(self, new: AbstractSet[str]) -> set[str]:
        """Forget the sites that more files may change, and name the files they were found in."""
        scopes = (self.interpreter.scopes(path) for path in new)
        named = {name for each in scopes if each is not None for name in names_looked_for(each)}
        told = {path for path in self.found if not named.isdisjoint(self._related(path))}
        reads = {path: self._reads(path) for path in self.found}
        relying = readers(reads, new | told) & self.found.keys()
        for path in relying:
            self.drop(path)
        return relying

    def drop(self, path: str) -> None:
        """Forget the sites of a file, which has to be looked at again."""
        self.found.pop(path, None)
        self.settings.pop(path, None)
        self.settled.pop(path, None)

    def restore(self, kept: Iterable[KeptFile], names: Iterable[str]) -> None:
        """Take over all that an earlier run on the same files found."""
        self.name(names)
        self._take(kept)

    def settle(self, kept: Iterable[KeptFile], needs: Mapping[str, Needs]) -> None:
        """Take over what an earlier run found of the files whose needs are as they were."""
        self._needs = needs
        self.settled = {file.path: file for file in kept if file.path in needs}
        self.interpreter.relations = {path: needs[path].relations for path in self.settled}
        for path in self.settled:
            given = needs[path]
            self.shared[path] = frozenset(given.shared)
            self.settings[path] = given.settings
            self.name(given.shared)
            for name in given.gives:
                self.givers[name].add(path)
            for name, index in given.carries:
                self.carriers[name].add(Class(path, index))
        self._take(self.settled.values())

    def kept(self) -> tuple[KeptFile, ...]:
        """Give what was found, for the next run on the same files."""
        wrappers: defaultdict[str, list[int]] = defaultdict(list)
        for path, index in sorted(self.interpreter.wrappers):
            wrappers[path].append(index)
        local = self.interpreter.local_markers
        return tuple(
            self.settled.get(path)
            or KeptFile(
                path,
                tuple(keep_site(site) for site in found.sites),
                tuple(sorted(found.missed)),
                tuple(sorted(local.get(path, ()))),
                tuple(wrappers[path]),
            )
            for path, found in sorted(self.found.items())
        )

    def needs(self, blob_of: BlobOf) -> list[Needs]:
        """Give what the sites of each file were worked out from; `blob_of` gives its content.

        What was read for a file in an earlier run counts on: others still depend on it.
        """
        gives: defaultdict[str, set[str]] = defaultdict(set)
        for name, paths in self.givers.items():
            for path in paths:
                gives[path].add(name)
        carries: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
        for name, classes in self.carriers.items():
            for each in classes:
                carries[each.path].add((name, each.definition))
        return [
            self._needs_of(path, blob, gives[path], carries[path])
            for path in sorted(self.found)
            if (blob := blob_of(path)) is not None
        ]

    def _needs_of(
        self, path: str, blob: bytes, gives: Iterable[str], carries: Iterable[tuple[str, int]]
    ) -> Needs:
        before = self._needs.get(path)
        if before is not None and path in self.settled and not self.interpreter.reads.get(path):
            return before
        return Needs(
            path,
            blob,
            reads=tuple(sorted(self._reads(path) - {path})),
            modules=tuple(sorted(self._asked(path))),
            related=tuple(sorted(self._related(path))),
            relations=self._relations(path),
            shared=tuple(sorted(self.shared.get(path, ()))),
            gives=tuple(sorted(gives)),
            carries=tuple(sorted(carries)),
            settings=self.settings[path],
        )

    def _reads(self, path: str) -> set[str]:
        before = self._needs.get(path)
        return self.interpreter.reads.get(path, set()).union(before.reads if before else ())

    def _asked(self, path: str) -> set[str]:
        before = self._needs.get(path)
        return self.interpreter.modules.asked.get(path, set()).union(
            before.modules if before else ()
        )

    def _related(self, path: str) -> set[str]:
        before = self._needs.get(path)
        return self.interpreter.related.get(path, set()).union(before.related if before else ())

    def _relations(self, path: str) -> FileRelations:
        known = self.interpreter.relations.get(path)
        if known is not None:
            return known
        scopes = self.interpreter.scopes(path)
        return FileRelations() if scopes is None else relations_of(scopes)

    def _take(self, kept: Iterable[KeptFile]) -> None:
        for file in kept:
            self.wrap(file.path, file.wrappers, file.local_markers)
            sites = tuple(restore_site(site) for site in file.sites)
            self.found[file.path] = FoundSites(sites, frozenset(file.missed))
