"""Inlay hints: what ran here, at the end of the line of a site."""

from __future__ import annotations

from itertools import groupby

from msgspec import Struct

from tracegloss.ide.answers import SpanTarget
from tracegloss.ide.lens_text import lens_text
from tracegloss.overlay.annotation import FileNotes, SiteNote
from tracegloss.overlay.document import TextKey
from tracegloss.snapshot import Snapshot
from tracegloss.text import Position, TextRange


class InlayHint(Struct, frozen=True):
    """Words after the end of a line; `target` is the newest call they speak of."""

    at: Position
    text: str
    target: SpanTarget


def inlay_hints(snapshot: Snapshot, key: TextKey, within: TextRange) -> tuple[InlayHint, ...]:
    """Return the hints of the lines of a range, one a line; only in the mode `inlay`."""
    notes = snapshot.notes(key)
    if snapshot.mode != "inlay" or notes is None:
        return ()
    lines = range(within.start.line, within.end.line + 1)
    shown = [site for site in notes.sites if site.at.start.line in lines]
    by_line = groupby(shown, key=lambda site: site.at.start.line)
    return tuple(_hint(snapshot, notes, line, list(sites)) for line, sites in by_line)


def _hint(snapshot: Snapshot, notes: FileNotes, line: int, sites: list[SiteNote]) -> InlayHint:
    newest = sites[0].calls[0]
    text = snapshot.text(notes.key)
    column = len(text.line_text(line)) if text is not None else sites[-1].at.end.column
    words = [lens_text(snapshot, site) for site in sites]
    if len(sites) > 1:
        tokens = [_token(snapshot, notes.key, site) for site in sites]
        words = [f"{token}: {said}" for token, said in zip(tokens, words, strict=True)]
    target = SpanTarget(newest.trace_id, newest.span.span_id)
    return InlayHint(Position(line, column), "; ".join(words), target)


def _token(snapshot: Snapshot, key: TextKey, site: SiteNote) -> str:
    text = snapshot.text(key)
    row = text.line_text(site.at.start.line) if text is not None else ""
    return row[site.at.start.column : site.at.end.column]
