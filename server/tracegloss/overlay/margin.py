"""Writes the margin of one text: the sites and calls of all traces, and the findings on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from tracegloss.model.finding import Severity
from tracegloss.overlay.annotation import CallNote, FileNotes, FindingNote, SiteNote, figures_of
from tracegloss.overlay.carrying import Carrier
from tracegloss.overlay.document import TextKey
from tracegloss.overlay.folding import Folding, fold_findings
from tracegloss.overlay.layer import Call, FileLayer, SiteCalls, SiteName, TraceLayer, site_name
from tracegloss.text import TextRange


def notes_of(key: TextKey, folding: Folding) -> FileNotes:
    """Write all notes of one text from the layers of all traces, newest first."""
    carrier = folding.carriers[key]
    touching = [(layer, layer.files[key]) for layer in folding.layers if key in layer.files]
    found = fold_findings(key, folding)
    held = [note for note in found if note.ended is None]
    return FileNotes(
        key=key,
        carrier=carrier,
        sites=_sites(carrier, touching, _by_site(held)),
        calls=_call_notes(carrier, touching),
        findings=tuple(held),
        ended=tuple(note for note in found if note.ended is not None),
    )


def _by_site(held: Sequence[FindingNote]) -> Counter[SiteName]:
    """Count the findings that speak of each site."""
    sites = (note.newest.finding.site for note in held if note.severity > Severity.HINT)
    return Counter(site_name(site) for site in sites if site is not None)


def _sites(
    carrier: Carrier,
    touching: Sequence[tuple[TraceLayer, FileLayer]],
    counts: Mapping[SiteName, int],
) -> tuple[SiteNote, ...]:
    by_token: dict[TextRange, list[tuple[SiteName, SiteCalls]]] = {}
    for layer, file in touching:
        for name, found in file.sites.items():
            at = carrier.token(layer.on_code, found.site.at.range)
            if at is not None:
                by_token.setdefault(at, []).append((name, found))
    return tuple(_site(carrier, at, by_token[at], counts) for at in sorted(by_token))


def _site(
    carrier: Carrier,
    at: TextRange,
    found: Sequence[tuple[SiteName, SiteCalls]],
    counts: Mapping[SiteName, int],
) -> SiteNote:
    newest = found[0][1].calls[0]
    site = newest.resolution.site
    names = frozenset(name for name, _ in found)
    return SiteNote(
        at=at,
        extent=carrier.extent(newest.on_code, site.extent),
        site=site,
        calls=tuple(call for _, each in found for call in each.calls),
        figures=figures_of([each.measures for _, each in found]),
        is_edited=not carrier.is_unchanged(newest.on_code, site),
        names=names,
        n_findings=sum(counts.get(name, 0) for name in names),
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
