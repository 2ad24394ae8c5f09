"""The immutable view that reports and editor features read: traces on code, at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from tracegloss.index.repo import RepoIndex
from tracegloss.model.last_day import DayFigures, LastDay
from tracegloss.model.settings import Settings
from tracegloss.model.site import Place
from tracegloss.overlay.annotation import FileNotes, SiteNote
from tracegloss.overlay.carrying import carrier
from tracegloss.overlay.document import Document, TextKey, key_of
from tracegloss.overlay.last_day import SiteDays, days_of
from tracegloss.overlay.overlay import Overlay, lay_over
from tracegloss.text import LineIndex
from tracegloss.trace_on_code import SinceTrace, TraceOnCode

__all__ = [
    "Document",
    "LineIndex",
    "Root",
    "SinceTrace",
    "Snapshot",
    "TextKey",
    "TraceOnCode",
    "key_of",
    "snapshot_of",
    "with_last_day",
]

Mode: TypeAlias = Literal["inlay", "lens", "off"]


class Root(Struct, frozen=True, eq=False):
    """One folder of the workspace: the id its places carry, its name, its index."""

    id: str
    name: str
    index: RepoIndex


class Snapshot(Struct, frozen=True, eq=False):
    """Roots, loaded traces (newest first) and documents, with the notes made from them.

    `documents` are texts that are open, or were saved since traces were laid on them. `pinned` are
    trace ids; when any of them is loaded, only pinned traces are shown. `last_day` has what the
    source adds up over 24 hours.
    """

    roots: tuple[Root, ...] = ()
    traces: tuple[TraceOnCode, ...] = ()
    documents: Mapping[TextKey, Document] = field(default_factory=dict)
    pinned: frozenset[str] = frozenset()
    settings: Settings = field(default_factory=Settings)
    mode: Mode = "inlay"
    overlay: Overlay = field(default_factory=Overlay)
    last_day: SiteDays = field(default_factory=SiteDays)

    @property
    def shows_pinned(self) -> bool:
        """Tell whether what is shown is pinned, and not simply what is loaded."""
        return any(trace.trace.info.trace_id in self.pinned for trace in self.traces)

    def notes(self, key: TextKey) -> FileNotes | None:
        """Return the notes of one text; `None` when no shown trace touches it."""
        return self.overlay.files.get(key)

    def text(self, key: TextKey) -> LineIndex | None:
        """Return a text as it is now: the open one, else the newest that a trace was laid on."""
        document = self.documents.get(key)
        if document is not None:
            return document.text
        laid = (trace.texts.get(key.label) for trace in self.traces)
        return next((text for text in laid if text is not None), None)

    def day(self, site: SiteNote) -> DayFigures | None:
        """Return a site's figures of the last 24 hours, where they say more than loaded traces."""
        if not self.last_day.by_site or self.shows_pinned:
            return None
        found = self.last_day.of(site.names)
        return None if found is None or found.calls <= site.figures.calls else found

    def trace(self, trace_id: str) -> TraceOnCode | None:
        """Return a loaded trace by its id, shown or not."""
        found = (trace for trace in self.traces if trace.trace.info.trace_id == trace_id)
        return next(found, None)

    def index(self, repository: str) -> RepoIndex | None:
        """Return the index of a root by its id."""
        return next((root.index for root in self.roots if root.id == repository), None)

    def current(self, on_code: TraceOnCode, place: Place) -> Place | None:
        """Carry a place of a trace to the text as it is now; `None` when its token is gone."""
        key = key_of(place)
        notes = self.overlay.files.get(key)
        if notes is not None:
            at = notes.carrier.token(on_code, place.range)
        else:
            at = carrier(key, self.documents.get(key), (on_code,)).token(on_code, place.range)
        return None if at is None else Place(place.path, at, place.cell, place.repository)


def snapshot_of(
    roots: Sequence[Root],
    traces: Sequence[TraceOnCode],
    documents: Sequence[Document] = (),
    *,
    pinned: frozenset[str] = frozenset(),
    settings: Settings | None = None,
    mode: Mode = "inlay",
    previous: Snapshot | None = None,
) -> Snapshot:
    """Take a snapshot, newest trace first; `previous` saves what did not change since."""
    by_key = {document.key: document for document in documents}
    before = previous.overlay if previous is not None else None
    return Snapshot(
        roots=tuple(roots),
        traces=tuple(traces),
        documents=by_key,
        pinned=pinned,
        settings=settings if settings is not None else Settings(),
        mode=mode,
        overlay=lay_over(traces, by_key, pinned, before),
    )


def with_last_day(snapshot: Snapshot, last_day: LastDay, previous: Snapshot) -> Snapshot:
    """Add what the source adds up over 24 hours, by span name."""
    days = days_of(last_day, snapshot.overlay.layers, previous.last_day)
    return replace(snapshot, last_day=days)
