"""Hover: what went wrong here, what went in and out, how often it ran, why this line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from tracegloss.ide.answers import Link, SpanTarget
from tracegloss.ide.hover_links import call_links, links_back, target_links
from tracegloss.ide.hover_reasons import (
    day_rows,
    figures_row,
    finding_why_rows,
    freshness_words,
    why_rows,
)
from tracegloss.ide.lens_text import is_edited
from tracegloss.ide.reasons import ran_as, since_trace
from tracegloss.ide.samples import sample_rows
from tracegloss.ide.statements import rate, statement
from tracegloss.model.finding import Related, Severity
from tracegloss.model.site import Place
from tracegloss.model.trace import Span
from tracegloss.overlay.annotation import (
    CallNote,
    FileNotes,
    FindingNote,
    SiteNote,
    figures_of,
)
from tracegloss.overlay.document import TextKey, key_of
from tracegloss.overlay.layer import Call, measures_of, site_name
from tracegloss.snapshot import Snapshot
from tracegloss.text import Position, TextRange
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.wording.durations import duration, moment
from tracegloss.wording.markup import code_span, fence, sentence
from tracegloss.wording.places import place_label

MOST_FINDINGS = 5
# Wider than a space; the entity of the same name is shown as it is by editors that draw no HTML.
GAP = " \u00a0 "
_MARKS = {
    Severity.ERROR: "✗",
    Severity.WARNING: "⚠",
    Severity.INFORMATION: "\u2139",
    Severity.HINT: "▫",
}
_ENDED = {
    "edited": "Recorded before your edit",
    "fixed": "Not in newer calls",
    "ignored": "Ignored here",
}


class Hover(Struct, frozen=True):
    """Markdown over a range. Recorded text stands in it only fenced, in code spans or escaped.

    `links` are apart from it: the edge writes those a client may follow.
    """

    range: TextRange
    markdown: str
    links: tuple[Link, ...]


def hover(snapshot: Snapshot, key: TextKey, position: Position) -> Hover | None:
    """Explain the site, the raise line or the call at a position; `None` where nothing ran."""
    notes = snapshot.notes(key)
    if notes is None:
        return None
    display = Display(snapshot.settings.redaction)
    found = [note for note in _all(notes) if _is_on_line(snapshot, notes, note, position)]
    marked = {note.at for note in found}
    site = next((s for s in notes.sites if position in s.at or s.at in marked), None)
    if site is not None:
        return _site_hover(snapshot, display, notes, site)
    if found:
        return _finding_hover(display, found)
    call = next((call for call in notes.calls if position in call.at), None)
    return None if call is None else _call_hover(snapshot, display, call)


def _site_hover(snapshot: Snapshot, display: Display, notes: FileNotes, site: SiteNote) -> Hover:
    about = [note for note in _all(notes) if note.at == site.at or _is_on_site(note, site)]
    held = [note for note in about if note.ended is None]
    call = _shown_call(site, held)
    parts = [
        _site_title(snapshot, display, call),
        _statements(display, about),
        _edited(display, site, call),
        _asked(display, call.on_code, call.on_code.examination.asked_by.get(call.span.span_id)),
        _sample(display, call.span, _parameters(snapshot, site)),
        day_rows(snapshot, site),
        [] if _is_one_pinned(snapshot, site) else [figures_row(snapshot, site.figures)],
        why_rows(display, call, site=site),
    ]
    links = (*links_back(call), *call_links(call, bool(call.span.exceptions)))
    return Hover(site.at, _joined(parts), links)


def _finding_hover(display: Display, found: Sequence[FindingNote]) -> Hover:
    newest = found[0].newest
    span_ids = newest.finding.span_ids
    span = newest.on_code.tree.spans.get(span_ids[0]) if span_ids else None
    at = found[0].at
    if at is None:
        raise ValueError("a finding that stands nowhere has no hover")
    parts = [
        _statements(display, found),
        _related(display, found[0]),
        [] if span is None else _sample(display, span),
        finding_why_rows(display, found[0]),
    ]
    target = SpanTarget(newest.on_code.trace.info.trace_id, span_ids[0] if span_ids else "")
    has_stack = span is not None and bool(span.exceptions)
    links = target_links(target, newest.on_code.source.ui_url, has_stack=has_stack)
    return Hover(at, _joined(parts), links)


def _call_hover(snapshot: Snapshot, display: Display, note: CallNote) -> Hover:
    call = note.calls[0]
    site = call.resolution.site
    same = [each for each in note.calls if site_name(each.resolution.site) == site_name(site)]
    made = snapshot.current(call.on_code, site.at) or site.at
    name = code_span(display.name(call.span.name))
    title = f"**{name}**{GAP}made at {code_span(place_label(made))}"
    parts = [
        [title],
        _sample(display, call.span),
        [figures_row(snapshot, figures_of([measures_of(same)]))],
        why_rows(display, call),
    ]
    return Hover(note.at, _joined(parts), call_links(call, bool(call.span.exceptions)))


def _all(notes: FileNotes) -> tuple[FindingNote, ...]:
    return notes.findings + notes.ended


def _is_on_line(
    snapshot: Snapshot, notes: FileNotes, note: FindingNote, position: Position
) -> bool:
    """Tell whether a position is in the code of the line a finding marks."""
    text = snapshot.text(notes.key)
    if note.at is None or note.at.start.line != position.line or text is None:
        return False
    row = text.line_text(position.line)
    return len(row) - len(row.lstrip()) <= position.column <= len(row.rstrip())


def _is_on_site(note: FindingNote, site: SiteNote) -> bool:
    """Tell whether a finding whose token is gone spoke of a site."""
    found = note.newest.finding.site
    return note.at is None and found is not None and site_name(found) in site.names


def _shown_call(site: SiteNote, held: Sequence[FindingNote]) -> Call:
    """Choose the newest call of the gravest finding, else the newest of all."""
    for note in held[:1]:
        for call in site.calls:
            if call.on_code is note.newest.on_code and (
                call.span.span_id in note.newest.finding.span_ids
            ):
                return call
    return site.calls[0]


def _site_title(snapshot: Snapshot, display: Display, call: Call) -> list[str]:
    name = call.span.function_name if call.span.function_name is not None else call.span.name
    said = "pinned trace" if snapshot.shows_pinned else "last call shown"
    facts = [call.span.status.value]
    if call.span.duration_ns is not None:
        facts.append(duration(call.span.duration_ns))
    facts.append(moment(call.span.start_ns))
    span_name = (
        "" if name == call.span.name else f" (span {code_span(display.name(call.span.name))})"
    )
    return [f"**{code_span(display.name(name))}**{span_name}{GAP}{said}: {' · '.join(facts)}"]


def _statements(display: Display, about: Sequence[FindingNote]) -> list[str]:
    """Say what is wrong, one paragraph each; what holds no more comes last and says so."""
    lines: list[str] = []
    for note in about[:MOST_FINDINGS]:
        found = note.newest.finding
        prefix = _MARKS[note.severity] if note.ended is None else f"*{_ENDED[note.ended]}:*"
        said = sentence(display, statement(note))
        words = f"**{said}**" if note.severity is Severity.ERROR else said
        lines += [f"{prefix} {words}{_how_often(note)}", ""]
        if found.detail is not None:
            lines += [f"> {sentence(display, found.detail)}", ""]
    if len(about) > MOST_FINDINGS:
        lines.append(f"… {len(about) - MOST_FINDINGS} more")
    return lines


def _how_often(note: FindingNote) -> str:
    """Write how many calls had it, and when an exception was last raised."""
    found, info = note.newest.finding, note.newest.on_code.trace.info
    parts = [rate(note)] if found.exception is not None or note.calls > 1 else []
    if found.exception is not None and info.request_ns is not None:
        parts.append(moment(info.request_ns))
    return f"{GAP}{' · '.join(parts)}" if parts else ""


def _related(display: Display, note: FindingNote) -> list[str]:
    """Say who asked for a call that failed, and what the exception passed through."""
    found = note.newest.finding
    rows = [
        sentence(display, each.message) + _in_place(each.place, " ({})")
        for each in found.related[:MOST_FINDINGS]
    ]
    lines = _asked(display, note.newest.on_code, found.asked_by)
    if rows:
        handled = "; not handled" if found.rule == "error-raised" else ""
        lines.append(f"Through {', '.join(rows)}{handled}")
    return [f"{line}  " for line in lines[:-1]] + lines[-1:]


def _asked(display: Display, on_code: TraceOnCode, asked: Related | None) -> list[str]:
    span = None if asked is None else on_code.tree.spans.get(asked.span_id or "")
    if asked is None or span is None:
        return []
    model = code_span(display.name(span.name)) + _in_place(asked.place, " at {}")
    return [f"Called by the model: {model} emitted {code_span(display.sentence(asked.message))}"]


def _in_place(place: Place | None, words: str) -> str:
    return "" if place is None else words.format(code_span(place_label(place)))


def _edited(display: Display, site: SiteNote, call: Call) -> list[str]:
    if not is_edited(site):
        return []
    said = since_trace(display, call.on_code, call.span.span_id, edited_here=site.is_edited)
    ran = "" if site.is_edited else ran_as(display, call.on_code, call.span.span_id)
    return [freshness_words(said) + (f" It ran as {code_span(ran)}." if ran else "")]


def _is_one_pinned(snapshot: Snapshot, site: SiteNote) -> bool:
    """Tell whether the title has said all there is: one call of a pinned trace."""
    return snapshot.shows_pinned and site.figures.calls == 1


def _sample(display: Display, span: Span, parameters: tuple[str, ...] | None = None) -> list[str]:
    rows = sample_rows(display, span, parameters)
    return fence(rows) if rows else []


def _parameters(snapshot: Snapshot, site: SiteNote) -> tuple[str, ...] | None:
    """Return the parameters of an edited function as it is now."""
    function = site.site.function
    if not is_edited(site) or function is None:
        return None
    key = key_of(site.site.at)
    document = snapshot.documents.get(key)
    if document is not None:
        entry = document.function(function, site.at.start.line)
    else:
        index = snapshot.index(key.repository)
        entry = index.functions.get(function) if index is not None else None
    return None if entry is None else entry.parameters


def _joined(parts: Iterable[Sequence[str]]) -> str:
    return "\n\n".join("\n".join(part).strip() for part in parts if part) + "\n"
