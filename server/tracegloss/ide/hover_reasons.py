"""What a hover says beside recordings: how often a function ran, how sure its line is and why."""

from __future__ import annotations

from tracegloss.ide.lens_text import counted, day_parts, is_edited
from tracegloss.ide.reasons import alternatives, confidence_word, reasons, since_trace
from tracegloss.model.site import Place
from tracegloss.overlay.annotation import Figures, FindingNote, SiteNote
from tracegloss.overlay.layer import Call
from tracegloss.snapshot import Snapshot
from tracegloss.wording.display import Display
from tracegloss.wording.durations import duration
from tracegloss.wording.markup import escaped

_FRESHNESS = {
    "Edited since this trace": "**",
    "Identical": "*",
    "Unchanged": "*",
    "Moved": "*",
    "Gone": "*",
}


def figures_row(snapshot: Snapshot, figures: Figures) -> str:
    """Write figures with their base: `8 calls in 9 traces`."""
    base = f"{counted(figures.calls, 'call')} in {counted(len(snapshot.overlay.layers), 'trace')}"
    parts = [base]
    if figures.p50_ns is not None:
        parts.append(f"p50 {duration(figures.p50_ns)}")
    if figures.p95_ns is not None:
        parts.append(f"p95 {duration(figures.p95_ns)}")
    if figures.longest_ns is not None and figures.calls > 1:
        parts.append(f"max {duration(figures.longest_ns)}")
    parts.append(counted(figures.errors, "error"))
    return " · ".join(parts)


def day_rows(snapshot: Snapshot, site: SiteNote) -> list[str]:
    """Write what the source adds up over the last 24 hours, where that is more than was loaded."""
    day = snapshot.day(site)
    if day is None:
        return []
    slow = [] if day.p95_ns is None else [f"p95 {duration(day.p95_ns)}"]
    parts = day_parts(day)
    return [" · ".join((*parts[:2], *slow, *parts[2:]) if day.p50_ns is not None else parts)]


def why_rows(display: Display, call: Call, site: SiteNote | None = None) -> list[str]:
    """Say how sure the line is and why, what else was considered, and what became of it."""
    resolution = call.resolution
    because = "; ".join(reasons(display, resolution))
    sure = confidence_word(resolution.confidence).capitalize()
    lines = [f"*{sure}*: {escaped(because)}" if because else f"*{sure}*"]
    if site is None or not is_edited(site):
        said = since_trace(display, call.on_code, call.span.span_id, edited_here=False)
        lines[0] += f". {freshness_words(said)}"
    others = alternatives(display, resolution)
    if others:
        lines += ["", f"Also considered: {escaped('; '.join(others))}"]
    return lines


def freshness_words(said: str) -> str:
    """Set the word off that says what became of the code."""
    for word, marks in _FRESHNESS.items():
        if said.startswith(word):
            return f"{marks}{word}{marks}{escaped(said[len(word) :])}"
    return escaped(said)


def finding_why_rows(display: Display, note: FindingNote) -> list[str]:
    """Say why the raise line is this one: it stands in the recorded stack."""
    newest = note.newest
    if newest.finding.exception is None:
        return []
    at = _line(newest.finding.place)
    span_id = next(iter(newest.finding.span_ids), "")
    since = since_trace(display, newest.on_code, span_id, edited_here=note.ended == "edited")
    frames = newest.on_code.examination.exceptions[newest.finding.exception].frames
    here = [frame for frame in frames if frame.own and _line(frame.place) == at]
    same = ", and its text is the same" if any(frame.verified for frame in here) else ""
    known = f"*Exact*: this line is in the recorded stack{same}. " if here else ""
    return [f"{known}{freshness_words(since)}"]


def _line(place: Place | None) -> tuple[str, int | None, int] | None:
    return None if place is None else (place.path, place.cell, place.range.start.line)
