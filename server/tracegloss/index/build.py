"""A tree of files to its index: list, compare, search, parse what is mentioned, follow wrappers."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from tracegloss.index.assemble import Assembled
from tracegloss.index.callees import Callees
from tracegloss.index.closure import modules_of
from tracegloss.index.entries import entry_of
from tracegloss.index.files.bulk import collecting_later
from tracegloss.index.files.facts import Files
from tracegloss.index.files.tree_of_files import TreeOfFiles, WorkingTree
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.outcomes import outcome_of
from tracegloss.index.interpreter.scopes import MODULE
from tracegloss.index.modules import ModuleMap
from tracegloss.index.needs import packed_needs
from tracegloss.index.places import function_id
from tracegloss.index.progress import Progress, TellProgress, tell_nobody
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.index.reuse import closed, new_closure
from tracegloss.index.steps import StepReader
from tracegloss.index.store.shelf import Shelf
from tracegloss.index.store.store import Store, TreeState
from tracegloss.model.outcome import Outcome
from tracegloss.model.site import FunctionId
from tracegloss.model.steps import Steps

_Key = TypeVar("_Key")
_Held = TypeVar("_Held")


def _nothing(_: object) -> None:
    return None


class Lazily(Mapping[_Key, _Held]):
    """A mapping whose keys are known and whose values are made when first asked for.

    A value that is `kept` from before is given without a look at the keys, which may lie in files.
    """

    def __init__(
        self,
        keys: Collection[_Key],
        make: Callable[[_Key], _Held],
        kept: Callable[[_Key], _Held | None] = _nothing,
    ) -> None:
        self._keys = keys
        self._make = make
        self._kept = kept
        self._held: dict[_Key, _Held] = {}

    def __getitem__(self, key: _Key) -> _Held:
        held = self._held.get(key)
        if held is None:
            held = self._kept(key)
            if held is None:
                if key not in self._keys:
                    raise KeyError(key)
                held = self._make(key)
            self._held[key] = held
        return held

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys


class IndexState:
    """The index of one tree as it grows: `index` is what is known now, `extend` adds files."""

    def __init__(self, tree: TreeOfFiles, store: Store, tell: TellProgress) -> None:
        self._tree = tree
        self._store = store
        stored = store.tree(tree.key)
        progress = Progress(len(tree.stamps), tell)
        self._files = Files(tree, store, stored, progress)
        modules = ModuleMap(tree.stamps)
        self._shelf = Shelf(store, tree.key)
        self._beside: set[str] = set()
        if stored.files and not self._files.changed:
            self._closure = new_closure(self._files, modules, set())
            self._closure.restore(stored.indexed, stored.names)
            self._files.promise(self._closure.indexed)
            self._assembled = self._closure.assembled()
            self._index = self._made(stored.tracking_uris, stored.experiments)
        else:
            needs = store.needs(tree.key) if stored.indexed else None
            self._closure, self._assembled = closed(self._files, modules, stored, needs)
            tracking_uris, experiments = self._closure.settings()
            self._save(tracking_uris, experiments)
            self._index = self._made(tracking_uris, experiments)
        progress.finish()

    @property
    def index(self) -> RepoIndex:
        """The index with every file known so far; sites keep their numbers until `extend`."""
        return self._index

    @property
    def tree(self) -> TreeOfFiles:
        """The tree that is indexed."""
        return self._tree

    def extend(self, paths: Iterable[str]) -> RepoIndex:
        """Index further files of the tree, without following wrappers anew, and give the index."""
        new = {path for path in paths if path in self._tree.stamps} - self._closure.indexed
        if new:
            self._beside |= new
            self._shelf = Shelf(self._store, self._tree.key, self._beside)
            self._closure.add(new, self._files.ensure)
            self._assembled = self._closure.assembled()
            self._index = self._made(*self._closure.settings())
        return self._index

    def keep_steps(self) -> None:
        """Keep the steps that were asked for, so that later runs on the same files have them."""
        self._shelf.save()

    def close(self) -> None:
        """Let go of the store, so that the next run finds it without a log to go through first."""
        self._store.close()

    def _save(self, tracking_uris: tuple[str, ...], experiments: tuple[str, ...]) -> None:
        closure = self._closure
        state = TreeState(
            files=self._files.states,
            terms=tuple(sorted((t.name, t.tail, t.folder) for t in closure.terms)),
            names=tuple(sorted(closure.gathered.names)),
            indexed=closure.gathered.kept(),
            tracking_uris=tracking_uris,
            experiments=experiments,
        )
        self._store.keep_tree(self._tree.key, state)
        needs = closure.gathered.needs(self._files.blob)
        self._store.keep_needs(self._tree.key, packed_needs(needs))

    def _made(self, tracking_uris: tuple[str, ...], experiments: tuple[str, ...]) -> RepoIndex:
        indexed = frozenset(self._closure.indexed)
        interpreter = self._closure.interpreter
        definitions = Numbering(interpreter, indexed)
        return RepoIndex(
            files=frozenset(self._tree.stamps),
            indexed=indexed,
            sites=self._assembled.sites,
            functions=Lazily(definitions, self._entry_maker(definitions)),
            steps=Lazily(
                definitions,
                self._step_maker(definitions, self._assembled, indexed),
                self._shelf.steps,
            ),
            unindexed_imports=Lazily(indexed, self._imports_of),
            problems=(
                *self._tree.problems,
                *self._store.problems,
                *self._files.broken(sorted(indexed)),
            ),
            n_files_seen=len(self._tree.stamps),
            tracking_uris=tracking_uris,
            experiments=experiments,
            by_file=Lazily(indexed, definitions.of_file),
            outcomes=Lazily(definitions, self._outcome_maker(definitions), self._shelf.outcome),
        )

    def _entry_maker(
        self, definitions: Mapping[FunctionId, int]
    ) -> Callable[[FunctionId], FunctionEntry]:
        scopes_of = self._closure.interpreter.scopes

        def entry(function: FunctionId) -> FunctionEntry:
            scopes = scopes_of(function.path)
            assert scopes is not None
            return entry_of(scopes, function, definitions[function])

        return entry

    def _step_maker(
        self, definitions: Mapping[FunctionId, int], assembled: Assembled, indexed: frozenset[str]
    ) -> Callable[[FunctionId], Steps]:
        interpreter = self._closure.interpreter
        callees = Callees(interpreter, assembled.numbers, assembled.sites, indexed)
        reader = StepReader(callees, assembled.found, assembled.numbers)
        shelf = self._shelf

        def steps(function: FunctionId) -> Steps:
            scopes = interpreter.scopes(function.path)
            assert scopes is not None
            found = reader.steps(scopes, function.path, definitions[function])
            shelf.put(function, found)
            return found

        return steps

    def _outcome_maker(
        self, definitions: Mapping[FunctionId, int]
    ) -> Callable[[FunctionId], Outcome]:
        interpreter = self._closure.interpreter
        shelf = self._shelf

        def outcome(function: FunctionId) -> Outcome:
            scopes = interpreter.scopes(function.path)
            assert scopes is not None
            found = outcome_of(interpreter, scopes, function.path, definitions[function])
            shelf.put(function, found)
            return found

        return outcome

    def _imports_of(self, path: str) -> frozenset[str]:
        """Name the files a file imports that are not indexed."""
        interpreter = self._closure.interpreter
        scopes = interpreter.scopes(path)
        found: set[str] = set()
        for imported in scopes.facts.imports if scopes is not None else ():
            for module in modules_of(imported):
                found.update(interpreter.modules.resolve(path, module))
        return frozenset(found - self._closure.indexed)


class Numbering(Mapping[FunctionId, int]):
    """The definitions of indexed files by their index in the facts; read when first asked for."""

    def __init__(self, interpreter: Interpreter, indexed: frozenset[str]) -> None:
        self._interpreter = interpreter
        self._indexed = indexed
        self._of_file: dict[str, dict[FunctionId, int]] = {}

    def __getitem__(self, function: FunctionId) -> int:
        return self._numbers(function.path)[function]

    def __iter__(self) -> Iterator[FunctionId]:
        for path in sorted(self._indexed):
            yield from self._numbers(path)

    def __len__(self) -> int:
        return sum(len(self._numbers(path)) for path in self._indexed)

    def of_file(self, path: str) -> tuple[FunctionId, ...]:
        """Give the definitions of one file."""
        return tuple(self._numbers(path))

    def _numbers(self, path: str) -> dict[FunctionId, int]:
        if path not in self._of_file:
            scopes = self._interpreter.scopes(path) if path in self._indexed else None
            found: dict[FunctionId, int] = {}
            if scopes is not None:
                found[function_id(scopes, path, MODULE)] = MODULE
                for index in range(len(scopes.facts.definitions)):
                    found[function_id(scopes, path, index)] = index
            self._of_file[path] = found
        return self._of_file[path]


def build_index(
    tree: TreeOfFiles, store: Store, progress: TellProgress = tell_nobody
) -> IndexState:
    """Index a tree, with what the store already knows of it.

    `progress` is called about a hundred times with the files done with and the files in all.
    """
    with collecting_later():
        state = IndexState(tree, store, progress)
        gc.freeze()
    return state


def index_folder(
    root: Path,
    exclude: tuple[str, ...],
    cache: Path | None,
    progress: TellProgress = tell_nobody,
) -> IndexState:
    """Index a folder's working tree; `cache` is the store's folder, `None` keeps nothing.

    `progress` is as in `build_index`. Raises `RepositoryError` when there is no such folder.
    """
    return build_index(WorkingTree.of(root, exclude), Store.open(cache), progress)
