"""Workspace symbols: the spans of the loaded traces by name, each where it was made."""

from __future__ import annotations

from msgspec import Struct

from tracegloss.ide.answers import CodePlace, SpanTarget, code_place
from tracegloss.model.site import Site
from tracegloss.overlay.layer import SpanGroup, TraceLayer
from tracegloss.snapshot import Snapshot
from tracegloss.wording.display import Display

MOST_SYMBOLS = 200


class SpanSymbol(Struct, frozen=True):
    """All spans of one name on one site; `container` is the qualified name of the function.

    `target` is the first of them in the newest trace.
    """

    name: str
    container: str
    place: CodePlace
    number: int
    target: SpanTarget


class _Found(Struct):
    layer: TraceLayer
    group: SpanGroup
    site: Site
    number: int


def workspace_symbols(snapshot: Snapshot, query: str) -> tuple[SpanSymbol, ...]:
    """Find spans whose name holds the letters of a query in order, the nearest names first."""
    display = Display(snapshot.settings.redaction)
    ranked: list[tuple[int, str, _Found]] = []
    for (name, _), found in _grouped(snapshot, display).items():
        rank = _rank(name.casefold(), query.casefold())
        if rank is not None:
            ranked.append((rank, name, found))
    ranked.sort(key=lambda each: (each[0], each[1], each[2].site.at.path, each[2].site.at.range))
    symbols = (_symbol(snapshot, display, name, found) for _, name, found in ranked)
    return tuple(symbol for symbol in symbols if symbol is not None)[:MOST_SYMBOLS]


def _grouped(snapshot: Snapshot, display: Display) -> dict[tuple[str, object], _Found]:
    """Join the groups of all traces whose site is at one place."""
    joined: dict[tuple[str, object], _Found] = {}
    for layer in snapshot.overlay.layers:
        for group in layer.names:
            if group.site is not None:
                key = (display.name(group.name), group.site.at)
                found = joined.setdefault(key, _Found(layer, group, group.site, 0))
                found.number += group.number
    return joined


def _symbol(snapshot: Snapshot, display: Display, name: str, found: _Found) -> SpanSymbol | None:
    place = snapshot.current(found.layer.on_code, found.site.at)
    if place is None:
        return None
    target = SpanTarget(found.layer.on_code.trace.info.trace_id, found.group.first)
    container = display.ours(found.site.qualified_name)
    return SpanSymbol(name, container, code_place(place), found.number, target)


def _rank(name: str, query: str) -> int | None:
    """Order: the same, beginning with it, holding it, holding its letters in order."""
    if name == query:
        return 0
    if name.startswith(query):
        return 1
    if query in name:
        return 2
    letters = iter(name)
    return 3 if all(letter in letters for letter in query) else None
