"""One root of an editor's workspace: its open documents, its traces on code, what is pinned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from tracegloss.history.line_map import line_map
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.model.last_day import LastDay
from tracegloss.model.settings import Settings
from tracegloss.model.site import FunctionId, Place, Site
from tracegloss.overlay.document import Document, TextKey
from tracegloss.overlay.layer import TraceLayer
from tracegloss.overlay.overlay import with_layer
from tracegloss.snapshot import Mode, Root, Snapshot, TraceOnCode, snapshot_of, with_last_day
from tracegloss.text import LineIndex

ROOT_ID = "r0"
MOST_PINNED = 3
_NO_INDEX = RepoIndex(frozenset(), frozenset(), (), {}, {})


class OpenText(Struct, frozen=True, eq=False):
    """A document with the text it had when it was opened, which the index's sites stand in."""

    document: Document
    opened: LineIndex
    uri: str


class RootSession(Struct):
    """The state of one root; `snapshot()` is what features look at.

    `traces` are by id. `generation` counts changes of files on the disk. `foreign` are traces that
    were found to be of other code than this root's, `files` those that traces were read from.
    `lent` are parts of traces that another folder loaded, with that folder. `last_day` is what the
    source adds up, by span name.
    """

    path: Path
    name: str
    settings: Settings = field(default_factory=Settings)
    mode: Mode = "inlay"
    generation: int = 0
    index: RepoIndex = _NO_INDEX
    traces: dict[str, TraceOnCode] = field(default_factory=dict)
    texts: dict[TextKey, OpenText] = field(default_factory=dict)
    pinned: tuple[str, ...] = ()
    foreign: set[str] = field(default_factory=set)
    files: dict[str, Path] = field(default_factory=dict)
    lent: dict[str, Path] = field(default_factory=dict)
    last_day: LastDay = field(default_factory=dict)
    _sizes: dict[str, int] = field(default_factory=dict)
    _functions: dict[FunctionId, FunctionEntry] = field(default_factory=dict)
    _snapshot: Snapshot = field(default_factory=Snapshot)
    _is_current: bool = False

    def snapshot(self) -> Snapshot:
        """Give the view of this moment; what did not change since the last one is kept."""
        if not self._is_current:
            index = replace(self.index, functions=dict(self._functions))
            taken = snapshot_of(
                (Root(ROOT_ID, self.name, index),),
                sorted(self.traces.values(), key=_newest_first),
                [text.document for text in self.texts.values()],
                pinned=frozenset(self.pinned),
                settings=self.settings,
                mode=self.mode,
                previous=self._snapshot,
            )
            self._snapshot = with_last_day(taken, self.last_day, self._snapshot)
            self._is_current = True
        return self._snapshot

    def changed(self) -> None:
        """Let the next snapshot be a new one."""
        self._is_current = False

    def key(self, path: Path, cell: int = -1) -> TextKey | None:
        """Name a text of this root; `None` when the path lies outside."""
        if not path.is_relative_to(self.path):
            return None
        return TextKey(ROOT_ID, path.relative_to(self.path).as_posix(), cell)

    def uri(self, key: TextKey) -> str | None:
        """Name a text as the editor does; a cell of a notebook that is not open has no name."""
        text = self.texts.get(key)
        if text is not None:
            return text.uri
        return (self.path / key.path).as_uri() if key.cell < 0 else None

    def put_index(self, index: RepoIndex, settings: Settings) -> None:
        """Take over a new index."""
        self.index, self.settings = index, settings
        self.changed()

    def put_trace(
        self,
        on_code: TraceOnCode,
        functions: Mapping[FunctionId, FunctionEntry],
        layer: TraceLayer | None = None,
        size: int = 0,
    ) -> None:
        """Take over a trace, new or as it is by now; `layer` is what it says by text, if made."""
        trace_id = on_code.trace.info.trace_id
        self.traces[trace_id] = on_code
        self.lent.pop(trace_id, None)
        self._sizes[trace_id] = size
        if layer is not None:
            overlay = with_layer(self._snapshot.overlay, layer)
            self._snapshot = replace(self._snapshot, overlay=overlay)
        self._functions.update(functions)
        self.changed()

    def put_last_day(self, last_day: LastDay) -> None:
        """Take over what the source adds up over the last 24 hours."""
        self.last_day = last_day
        self.changed()

    def note_origin(self, trace_id: str, *, is_ours: bool) -> None:
        """Remember whether a trace begins in this root's code."""
        if is_ours:
            self.foreign.discard(trace_id)
        else:
            self.foreign.add(trace_id)

    def drop_traces(self, trace_ids: Iterable[str]) -> None:
        """Forget traces that nobody pinned."""
        for trace_id in set(trace_ids) - set(self.pinned):
            self.traces.pop(trace_id, None)
        self.changed()

    def take_back(self, home: RootSession) -> bool:
        """Forget lent traces that their folder has no more, and pin what is pinned there.

        Tells whether anything of that folder is or was here.
        """
        of_home = [each for each, path in self.lent.items() if path == home.path]
        pinned = [each for each in home.pinned if each in of_home]
        others = [each for each in self.pinned if each not in of_home]
        self.pinned = tuple(dict.fromkeys((*pinned, *others)))[:MOST_PINNED]
        gone = [each for each in of_home if each not in home.traces]
        for trace_id in gone:
            del self.lent[trace_id]
        self.drop_traces(gone)
        return bool(of_home)

    def drop_beyond(self, most: int, most_bytes: int) -> None:
        """Forget the oldest traces beyond a number and a size of all, but never the newest."""
        newest = sorted(self.traces.values(), key=_newest_first)
        beyond: list[str] = []
        n_bytes = 0
        for number, on_code in enumerate(newest):
            trace_id = on_code.trace.info.trace_id
            n_bytes += self._sizes.get(trace_id, 0)
            if number >= most or (number and n_bytes > most_bytes):
                beyond.append(trace_id)
        self.drop_traces(beyond)

    def open_text(self, key: TextKey, uri: str, text: LineIndex, version: int | None) -> None:
        """Take over the text of a document that was opened, or that changed on the disk."""
        functions = tuple(e for f, e in self._functions.items() if f.path == key.path)
        document = Document(key, text, version, functions, self._sites(key))
        self.texts[key] = OpenText(document, text, uri)
        self.changed()

    def change_text(self, key: TextKey, text: LineIndex, version: int | None) -> None:
        """Take over an edit; functions stay those of the text before until they are read anew."""
        before = self.texts[key]
        sites = _carried(self._sites(key), before.opened, text)
        document = replace(before.document, text=text, version=version, sites=sites)
        self.texts[key] = replace(before, document=document)
        self.changed()

    def put_functions(
        self, key: TextKey, text: LineIndex, functions: tuple[FunctionEntry, ...]
    ) -> bool:
        """Take over the functions read from a text; false when it is not the text any more."""
        known = self.texts.get(key)
        if known is None or known.document.text is not text:
            return False
        document = replace(known.document, functions=functions)
        self.texts[key] = replace(known, document=document)
        self.changed()
        return True

    def close_text(self, key: TextKey) -> None:
        """Forget a document; what the disk has is what counts."""
        if self.texts.pop(key, None) is not None:
            self.changed()

    def is_open(self, key: TextKey) -> bool:
        """Tell whether an editor has a text open, and not only the disk another one by now."""
        text = self.texts.get(key)
        return text is not None and text.document.version is not None

    def pin(self, trace_ids: Iterable[str]) -> tuple[str, ...]:
        """Pin traces, the newest choices first, at most three; gives what is pinned."""
        chosen = dict.fromkeys((*trace_ids, *self.pinned))
        self.pinned = tuple(chosen)[:MOST_PINNED]
        self.changed()
        return self.pinned

    def release(self, trace_ids: Iterable[str] = ()) -> tuple[str, ...]:
        """Release some traces, or all; gives what is still pinned."""
        released = set(trace_ids)
        self.pinned = tuple(each for each in self.pinned if released and each not in released)
        self.changed()
        return self.pinned

    def _sites(self, key: TextKey) -> tuple[Site, ...]:
        cell = None if key.cell < 0 else key.cell
        return tuple(s for s in self.index.sites if s.at.path == key.path and s.at.cell == cell)


def _newest_first(on_code: TraceOnCode) -> tuple[int, str]:
    info = on_code.trace.info
    return -(info.request_ns or 0), info.trace_id


def _carried(sites: Iterable[Site], before: LineIndex, now: LineIndex) -> tuple[Site, ...]:
    """Move sites of the text that was opened to where their tokens stand now."""
    sites = tuple(sites)
    if not sites or before.source == now.source:
        return sites
    lines = line_map(before, now)
    moved = ((site, lines.token(site.at.range)) for site in sites)
    return tuple(
        replace(
            site,
            at=Place(site.at.path, at, site.at.cell, site.at.repository),
            extent=lines.extent(site.extent),
        )
        for site, at in moved
        if at is not None
    )
