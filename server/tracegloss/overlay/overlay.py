"""All notes of a workspace, made anew only where a trace, a pin or a text changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from tracegloss.overlay.annotation import FileNotes
from tracegloss.overlay.carrying import Carrier, carrier
from tracegloss.overlay.document import Document, TextKey, key_of
from tracegloss.overlay.folding import Folding
from tracegloss.overlay.layer import TraceLayer, layer_of
from tracegloss.overlay.margin import notes_of
from tracegloss.trace_on_code import TraceOnCode

MOST_FINDINGS_IN_FILE = 20
MOST_FINDINGS = 200

_NO_DOCUMENTS: Mapping[TextKey, Document] = {}


class _Made(Struct, frozen=True, eq=False):
    """The notes of one text and everything they were made from."""

    notes: FileNotes
    layers: tuple[TraceLayer, ...]
    carriers: tuple[Carrier, ...]
    newer_calls_count: bool


class _Kept(Struct, frozen=True, eq=False):
    """What the next overlay may take over: layers of all traces, ways to current texts, notes."""

    layers: tuple[TraceLayer, ...] = ()
    carriers: Mapping[TextKey, Carrier] = field(default_factory=dict)
    made: Mapping[TextKey, _Made] = field(default_factory=dict)


class Overlay(Struct, frozen=True, eq=False):
    """The notes by text. `layers` are the traces shown, newest first: the pinned ones if any are.

    `allowed` is how many findings each text may show, the gravest of the workspace first;
    `n_beyond` counts those that are left out.
    """

    layers: tuple[TraceLayer, ...] = ()
    files: Mapping[TextKey, FileNotes] = field(default_factory=dict)
    allowed: Mapping[TextKey, int] = field(default_factory=dict)
    n_beyond: int = 0
    kept: _Kept = field(default_factory=_Kept)


def lay_over(
    traces: Sequence[TraceOnCode],
    documents: Mapping[TextKey, Document] = _NO_DOCUMENTS,
    pinned: Iterable[str] = (),
    previous: Overlay | None = None,
) -> Overlay:
    """Write the notes of every text that the traces touch, newest trace first.

    With pins that are among the traces, only those are shown. What `previous` has for the same
    traces and texts is kept, so that one more trace or one edit costs only what it touches.
    """
    before = previous.kept if previous is not None else _Kept()
    every = _layers(traces, before.layers)
    chosen = frozenset(pinned)
    held = tuple(layer for layer in every if layer.on_code.trace.info.trace_id in chosen)
    layers = held or every
    carriers = _carriers_of(layers, documents, before.carriers)
    folding = Folding(layers, carriers, newer_calls_count=not held)
    keys = sorted({key for layer in layers for key in layer.files})
    made = {key: _make(key, folding, before.made.get(key)) for key in keys}
    files = {key: one.notes for key, one in made.items()}
    allowed, n_beyond = _allowance(files)
    return Overlay(layers, files, allowed, n_beyond, _Kept(every, carriers, made))


def with_layer(overlay: Overlay, layer: TraceLayer) -> Overlay:
    """Give an overlay that knows a layer made elsewhere, for the next one to take over."""
    return replace(overlay, kept=replace(overlay.kept, layers=(*overlay.kept.layers, layer)))


def _layers(traces: Sequence[TraceOnCode], known: Sequence[TraceLayer]) -> tuple[TraceLayer, ...]:
    by_trace = {id(layer.on_code): layer for layer in known}
    return tuple(by_trace.get(id(on_code)) or layer_of(on_code) for on_code in traces)


def _carriers_of(
    layers: Sequence[TraceLayer],
    documents: Mapping[TextKey, Document],
    known: Mapping[TextKey, Carrier],
) -> dict[TextKey, Carrier]:
    keys = {key for layer in layers for key in layer.files}
    keys |= {key for layer in layers for key in _sites_of_findings(layer)}
    traces = [layer.on_code for layer in layers]
    return {key: carrier(key, documents.get(key), traces, known.get(key)) for key in keys}


def _sites_of_findings(layer: TraceLayer) -> set[TextKey]:
    findings = layer.on_code.examination.findings
    return {key_of(found.site.at) for found in findings if found.site is not None}


def _make(key: TextKey, folding: Folding, before: _Made | None) -> _Made:
    watched = {key} | {
        key_of(found.site.at)
        for layer in folding.layers
        if key in layer.files
        for found in layer.files[key].findings
        if found.site is not None
    }
    layers = tuple(layer for layer in folding.layers if not watched.isdisjoint(layer.files))
    carriers = tuple(folding.carriers[each] for each in sorted(watched))
    if (
        before is not None
        and before.newer_calls_count == folding.newer_calls_count
        and _same(before.layers, layers)
        and _same(before.carriers, carriers)
    ):
        return before
    kept = Folding(layers, folding.carriers, folding.newer_calls_count)
    return _Made(notes_of(key, kept), layers, carriers, folding.newer_calls_count)


def _same(one: Sequence[object], other: Sequence[object]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def _allowance(files: Mapping[TextKey, FileNotes]) -> tuple[dict[TextKey, int], int]:
    """Share the room of the workspace out by severity; each text's findings are in that order."""
    ranked = sorted(
        (-note.severity, number, key)
        for key, notes in files.items()
        for number, note in enumerate(notes.findings)
        if number < MOST_FINDINGS_IN_FILE
    )
    allowed = Counter(key for _, _, key in ranked[:MOST_FINDINGS])
    n_all = sum(len(notes.findings) for notes in files.values())
    return dict(allowed), n_all - sum(allowed.values())
