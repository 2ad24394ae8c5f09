"""Writes the margin of one text: the sites and calls of all traces, and the findings on it."""

from __future__ import annotations

from collections.abc import Sequence

from tracegloss.overlay.annotation import CallNote, FileNotes, SiteNote, figures_of
from tracegloss.overlay.carrying import Carrier
from tracegloss.overlay.document import TextKey
from tracegloss.overlay.folding import Folding, fold_findings
from tracegloss.overlay.layer import Call, FileLayer, TraceLayer
from tracegloss.text import TextRange


def notes_of(key: TextKey, folding: Folding) -> FileNotes:
    """Write all notes of one text from the layers of all traces, newest first."""
    carrier = folding.carriers[key]
    touching = [(layer, layer.files[key]) for layer in folding.layers if key in layer.files]
    found = fold_findings(key, folding)
    return FileNotes(
        key=key,
        carrier=carrier,
        sites=_sites(carrier, touching),
        calls=_call_notes(carrier, touching),
        findings=tuple(note for note in found if note.ended is None),
        ended=tuple(note for note in found if note.ended is not None),
    )


def _sites(
    carrier: Carrier, touching: Sequence[tuple[TraceLayer, FileLayer]]
) -> tuple[SiteNote, ...]:
    by_token: dict[TextRange, list[Call]] = {}
    for layer, file in touching:
        for found in file.sites.values():
            at = carrier.token(layer.on_code, found.site.at.range)
            if at is not None:
                by_token.setdefault(at, []).extend(found.calls)
    return tuple(_site(carrier, at, by_token[at]) for at in sorted(by_token))


def _site(carrier: Carrier, at: TextRange, calls: Sequence[Call]) -> SiteNote:
    newest = calls[0]
    site = newest.resolution.site
    return SiteNote(
        at=at,
        extent=carrier.extent(newest.on_code, site.extent),
        site=site,
        calls=tuple(calls),
        figures=figures_of(calls),
        is_edited=not carrier.is_unchanged(newest.on_code, site),
    )


def _call_notes(
    carrier: Carrier, touching: Sequence[tuple[TraceLayer, FileLayer]]
) -> tuple[CallNote, ...]:
    by_token: dict[TextRange, list[Call]] = {}
    for layer, file in touching:
        for place, calls in file.call_places.items():
            at = carrier.token(layer.on_code, place.range)
            if at is not None:
                by_token.setdefault(at, []).extend(calls)
    return tuple(CallNote(at, tuple(by_token[at])) for at in sorted(by_token))
