"""The facts of a tree's files, from the store where they are kept, read anew where not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sized
from functools import partial

import msgspec

from tracegloss.index.files import bulk
from tracegloss.index.files.search import ImportLines, TermSearch
from tracegloss.index.files.sharing import can_share, share
from tracegloss.index.files.tree_of_files import TreeOfFiles, WorkingTree, blob_id
from tracegloss.index.progress import Progress
from tracegloss.index.store.store import FileState, Store, TreeState
from tracegloss.model.trace import Problem
from tracegloss.recorded import phrase
from tracegloss.syntax.facts import FileFacts
from tracegloss.syntax.markers import (
    is_framework,
    is_telemetry_itself,
    may_trace,
    opens_telemetry,
    runs_frameworks,
)

_DECODER = msgspec.msgpack.Decoder(FileFacts)
_NO_FACTS = FileFacts()
# Marked files of this many bytes are kept from being searched until they are read.
_MOST_HELD = 8_000_000
# Searching fewer files takes about as long as a second process.
_WORTH_A_PROCESS = 2_000


class _Searched(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a search of a file's bytes found; without `imports` when it cannot be read."""

    path: str
    state: FileState
    imports: ImportLines | None


class _Mention(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Whether a file mentions a term that was searched for."""

    path: str
    hits: bool


_MENTIONS = msgspec.msgpack.Decoder(list[_Mention])
_SEARCHED = msgspec.msgpack.Decoder(list[_Searched])


class Files:
    """What is known of each file of a tree. `stored` is what an earlier run knew."""

    def __init__(
        self, tree: TreeOfFiles, store: Store, stored: TreeState, progress: Progress
    ) -> None:
        self.tree = tree
        self.store = store
        self._progress = progress
        self.problems: list[Problem] = []
        self._states: dict[str, FileState] = {}
        self._facts: dict[str, FileFacts] = {}
        self._packed: dict[str, bytes] = {}
        self._imports: dict[str, ImportLines] = {}
        self._fresh: set[str] = set()
        self._held: dict[str, bytes] = {}
        self._n_held = 0
        self._promised: set[str] = set()
        self.changed = False
        self._compare(stored)

    @property
    def states(self) -> tuple[FileState, ...]:
        """What is known now of every file, for the next run."""
        return tuple(self._states.values())

    @property
    def unchanged(self) -> frozenset[str]:
        """Files that are as they were when they were last seen."""
        return frozenset(self._states.keys() - self._fresh)

    def with_base_marker(self) -> set[str]:
        """Name the files that may use MLflow's tracing, or a framework it traces by itself."""
        marked = {path for path, state in self._states.items() if state.has_marker}
        if not marked:  # without any tracing nothing makes spans of frameworks
            return marked
        running = {path for path, state in self._states.items() if state.has_framework}
        own = tuple(f"{folder}/" for folder in map(_package, self._states) if is_framework(folder))
        return marked | {path for path in running if not path.startswith(own)}

    def mentioning(self, search: TermSearch, among: Iterable[str]) -> set[str]:
        """Name the files among some that mention a term."""
        found: set[str] = set()

        def told(mention: _Mention) -> None:
            if mention.hits:
                found.add(mention.path)

        paths = {path: path for path in among}
        work = partial(self._mention, search)
        share(paths, work, _MENTIONS, told, processes=self._processes(paths))
        return found

    def _mention(self, search: TermSearch, path: str) -> _Mention:
        imports = self._imports.get(path)
        if imports is not None and not search.names_in(path, imports):
            return _Mention(path, False)
        data = self.tree.read(path)
        if data is None:
            return _Mention(path, False)
        imports = imports or ImportLines.of(data)
        return _Mention(path, search.hits(path, data, imports, search.names_in(path, imports)))

    def ensure(self, paths: Iterable[str]) -> None:
        """Have the facts of some files at hand."""
        paths = list(paths)
        self._promised.update(paths)
        wanted = [path for path in paths if path in self._states and not self._has(path)]
        kept = self.store.facts({s.blob for p in wanted if (s := self._states[p]).blob})
        unread: list[str] = []
        for path in wanted:
            blob = self._states[path].blob
            packed = kept.get(blob) if blob else None
            if packed is not None:
                self._packed[path] = packed
                self._progress.done(path)
            else:
                unread.append(path)
        self._read(unread)

    def promise(self, paths: Iterable[str]) -> None:
        """Have the facts of some files at hand once one of them is asked for."""
        self._promised.update(paths)

    def blob(self, path: str) -> bytes | None:
        """Name the content of a file; `None` while its facts were not needed."""
        state = self._states.get(path)
        return None if state is None else state.blob

    def facts(self, path: str) -> FileFacts | None:
        """Give the facts of a file at hand, decoded when first asked for."""
        if path in self._promised and not self._has(path):
            self.ensure([path])
        found = self._facts.get(path)
        if found is None and (packed := self._packed.pop(path, None)) is not None:
            found = self._facts[path] = self._decoded(path, packed)
        return found

    def _has(self, path: str) -> bool:
        return path in self._facts or path in self._packed

    def _decoded(self, path: str, packed: bytes) -> FileFacts:
        try:
            return _DECODER.decode(packed)
        except msgspec.MsgspecError:
            return self._anew(path)

    def _anew(self, path: str) -> FileFacts:
        """Read a file whose facts were kept in a form that cannot be read."""
        sources = self._sources([path])
        for each in bulk.packed(sources):
            self.store.keep_facts({blob_id(sources[0].data): each.facts})
            return _DECODER.decode(each.facts)
        return _NO_FACTS

    def _read(self, paths: Collection[str]) -> None:
        """Read files anew; the store is asked first, for they may be known under another path."""
        sources = self._sources(paths)
        blobs = {each.path: self.tree.blob(each.path) or blob_id(each.data) for each in sources}
        kept = self.store.facts(blobs.values())
        for path in (path for path, blob in blobs.items() if blob in kept):
            self._packed[path] = kept[blobs[path]]
            facts = self.facts(path) or _NO_FACTS
            self._learn(path, blobs[path], facts.broken)
        missing = [source for source in sources if blobs[source.path] not in kept]
        found = bulk.packed(missing, done=self._progress.done)
        for each in found:
            self._packed[each.path] = each.facts
            self._learn(each.path, blobs[each.path], each.broken)
        self.store.keep_facts({blobs[each.path]: each.facts for each in found})

    def _sources(self, paths: Collection[str]) -> list[bulk.Source]:
        sources: list[bulk.Source] = []
        self.tree.announce([path for path in paths if path not in self._held])
        for path in paths:
            data = self._held.pop(path, None) or self.tree.read(path)
            if data is None:
                self._facts[path] = _NO_FACTS
            else:
                sources.append(bulk.Source(path, data))
        return sources

    def _learn(self, path: str, blob: bytes, broken: str | None) -> None:
        self._states[path] = msgspec.structs.replace(self._states[path], blob=blob, broken=broken)
        self.changed = True

    def broken(self, paths: Iterable[str]) -> list[Problem]:
        """Name the files that could be read in part only, and why."""
        problems: list[Problem] = []
        for path in paths:
            state = self._states.get(path)
            if state is not None and state.broken is not None:
                what = phrase("{path}: {why}", path=path, why=state.broken)
                problems.append(Problem("broken-file", what, path=path))
        return problems

    def _compare(self, stored: TreeState) -> None:
        """Take over what is known of files whose stamps are equal, search the others."""
        known = {state.path: state for state in stored.files}
        stamps = self.tree.stamps
        self._states = {
            path: state
            for path, stamp in stamps.items()
            if (state := known.get(path)) is not None
            and (state.mtime_ns, state.size, state.inode) == stamp
        }
        self._progress.done(*(path for path, state in self._states.items() if not _marked(state)))
        self._fresh = stamps.keys() - self._states.keys()
        fresh = {path: path for path in sorted(self._fresh)}
        self.tree.announce(fresh)
        share(fresh, self._searched, _SEARCHED, self._take, processes=self._processes(fresh))
        self.changed = bool(self._fresh) or len(known) != len(self._states)

    def _processes(self, paths: Sized) -> int:
        """Tell in how many processes to search files: in two many that are read from disk."""
        many = len(paths) >= _WORTH_A_PROCESS
        return 2 if many and isinstance(self.tree, WorkingTree) and can_share() else 1

    def _searched(self, path: str) -> _Searched:
        stamp = self.tree.stamps[path]
        state = FileState(path, stamp.mtime_ns, stamp.size, stamp.inode, False)
        data = self.tree.read(path)
        if data is None:
            return _Searched(path, state, None)
        imports = ImportLines.of(data)
        of_others = not is_telemetry_itself(path)
        state = msgspec.structs.replace(
            state,
            has_marker=may_trace(data) or (of_others and opens_telemetry(imports.lines)),
            has_framework=of_others and runs_frameworks(imports.lines),
        )
        if _marked(state) and self._n_held + len(data) <= _MOST_HELD:
            self._n_held += len(data)
            self._held[path] = data
        return _Searched(path, state, imports)

    def _take(self, searched: _Searched) -> None:
        state, imports = searched.state, searched.imports
        self._states[state.path] = state
        if imports is None:
            self.tree.read(state.path)  # what is wrong with it is noted here, whoever read it
        else:
            self._imports[state.path] = imports
        if not _marked(state):
            self._progress.done(state.path)


def _marked(state: FileState) -> bool:
    return state.has_marker or state.has_framework


def _package(path: str) -> str:
    """Give the folder that a file makes a package, empty for other files."""
    folder, _, name = path.rpartition("/")
    return folder if name == "__init__.py" else ""
