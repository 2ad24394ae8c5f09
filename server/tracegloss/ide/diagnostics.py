"""Diagnostics: the findings that hold now, each on one token, folded over traces."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tracegloss.ide.answers import CodePlace, SpanTarget, code_place
from tracegloss.ide.statements import rate, statement
from tracegloss.model.finding import Related, Severity
from tracegloss.model.resolution import Freshness
from tracegloss.model.site import Place
from tracegloss.overlay.annotation import FindingNote, Occurrence
from tracegloss.overlay.document import TextKey
from tracegloss.snapshot import Snapshot
from tracegloss.text import TextRange
from tracegloss.wording.display import Display
from tracegloss.wording.durations import moment
from tracegloss.wording.rule_pages import page_of

MOST_OTHER_TRACES = 5
MOST_RELATED = 20


class RelatedPlace(Struct, frozen=True):
    """Another place that belongs to a diagnostic, with a few words."""

    place: CodePlace
    message: str


class Diagnostic(Struct, frozen=True):
    """One finding on its token. `page` is the rule's, relative to the root of this project."""

    range: TextRange
    severity: Severity
    code: str
    page: str
    message: str
    related: tuple[RelatedPlace, ...]
    fingerprint: str
    target: SpanTarget


def diagnostics(snapshot: Snapshot, key: TextKey) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of one text, gravest first, as many as the workspace allows it."""
    notes = snapshot.notes(key)
    if notes is None:
        return ()
    display = Display(snapshot.settings.redaction)
    shown = notes.findings[: snapshot.overlay.allowed.get(key, 0)]
    return tuple(
        _diagnostic(snapshot, display, key, note, note.at) for note in shown if note.at is not None
    )


def _diagnostic(
    snapshot: Snapshot, display: Display, key: TextKey, note: FindingNote, at: TextRange
) -> Diagnostic:
    newest = note.newest
    related = [*_related(snapshot, display, newest), *_others(display, CodePlace(key, at), note)]
    span_ids = newest.finding.span_ids
    return Diagnostic(
        range=at,
        severity=note.severity,
        code=newest.finding.rule,
        page=page_of(newest.finding.rule),
        message=_message(display, note),
        related=tuple(related[:MOST_RELATED]),
        fingerprint=note.fingerprint,
        target=SpanTarget(newest.on_code.trace.info.trace_id, span_ids[0] if span_ids else ""),
    )


def _message(display: Display, note: FindingNote) -> str:
    return f"{display.sentence(statement(note))}{_count(note)}{_recorded_at(note)}"


def _count(note: FindingNote) -> str:
    if "failed" in note.newest.finding.values or note.has_clean_call:
        return f" ({rate(note)})"
    return f" (in {len(note.occurrences)} traces)" if len(note.occurrences) > 1 else ""


def _recorded_at(note: FindingNote) -> str:
    on_code = note.newest.on_code
    commit = (on_code.standing.commit or "")[:7]
    if note.edited_in is not None and not commit:
        return " The function was edited since."
    if note.edited_in is not None:
        edited = f" in {note.edited_in}" if note.edited_in else " since"
        return f" Recorded at {commit}; the function was edited{edited}."
    since = on_code.since_at(note.newest.finding.span_ids, note.newest.finding.place)
    if since is None or not commit or on_code.standing.behind_head == 0:
        return ""
    if since.freshness in {Freshness.IDENTICAL, Freshness.MOVED}:
        return f" Recorded at {commit}; this function's text is unchanged."
    return ""


def _related(snapshot: Snapshot, display: Display, newest: Occurrence) -> Iterator[RelatedPlace]:
    for words, related in _worded(display, newest):
        place = _current(snapshot, newest, related.place)
        if place is not None:
            yield RelatedPlace(code_place(place), words)


def _worded(display: Display, newest: Occurrence) -> Iterator[tuple[str, Related]]:
    """Say what each related place has to do with a finding: who asked, what was passed, the end."""
    found = newest.finding
    if found.asked_by is not None:
        yield f"model asked for {display.sentence(found.asked_by.message)}", found.asked_by
    for related in found.related:
        yield f"{_part(newest, related)}{display.sentence(related.message)}", related


def _part(newest: Occurrence, related: Related) -> str:
    """Name the part of a span that an exception passed through."""
    number, span_id = newest.finding.exception, related.span_id
    if number is None or span_id is None:
        return ""
    roles = newest.on_code.examination.exceptions[number].roles
    if roles.get(span_id) not in {"propagated", "re-raised"}:
        return ""
    return "ended " if span_id in newest.on_code.tree.roots else "passed through "


def _current(snapshot: Snapshot, newest: Occurrence, place: Place | None) -> Place | None:
    return None if place is None else snapshot.current(newest.on_code, place)


def _others(display: Display, place: CodePlace, note: FindingNote) -> Iterator[RelatedPlace]:
    for occurrence in note.occurrences[1 : 1 + MOST_OTHER_TRACES]:
        info = occurrence.on_code.trace.info
        when = f", {moment(info.request_ns)}" if info.request_ns is not None else ""
        yield RelatedPlace(place, f"also in {display.ours(info.trace_id)}{when}")
