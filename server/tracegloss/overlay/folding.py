"""Folds the findings of one text over traces, and tells which of them still hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from tracegloss.model.finding import Finding, Severity
from tracegloss.model.resolution import Freshness
from tracegloss.model.site import Place, Site
from tracegloss.overlay.annotation import Ended, FindingNote, Occurrence
from tracegloss.overlay.carrying import Carrier
from tracegloss.overlay.document import TextKey, key_of
from tracegloss.overlay.ignores import is_ignored
from tracegloss.overlay.layer import Call, SiteName, TraceLayer, site_name
from tracegloss.text import LineIndex, TextRange

# Opinions of ours step back behind what somebody said about the same call.
_OPINIONS = frozenset({"retrieval-missing-term"})


class Folding(Struct, frozen=True, eq=False):
    """What folding looks at: layers newest first, and the way to the current text of each file.

    With `newer_calls_count` false (traces were pinned) no call of another trace ends a finding.
    """

    layers: Sequence[TraceLayer]
    carriers: Mapping[TextKey, Carrier]
    newer_calls_count: bool = True


class _Group(Struct):
    occurrences: list[tuple[int, Occurrence]]
    """With the position of the trace, 0 for the newest."""


def fold_findings(key: TextKey, folding: Folding) -> list[FindingNote]:
    """Fold what all traces say of one text, gravest first; what ended is among them."""
    groups: dict[str, _Group] = {}
    for number, layer in enumerate(folding.layers):
        file = layer.files.get(key)
        for found in file.findings if file is not None else ():
            if _may_show(layer, found):
                group = groups.setdefault(found.fingerprint, _Group([]))
                group.occurrences.append((number, Occurrence(layer.on_code, found)))
    notes = [_note(key, folding, group.occurrences) for group in groups.values()]
    return sorted(notes, key=_rank)


def _may_show(layer: TraceLayer, found: Finding) -> bool:
    """Tell whether an editor may show a finding at all; of deleted code it shows nothing.

    Comments that silence one are looked for in the text as it is now.
    """
    since = layer.on_code.since_at(found.span_ids, found.place)
    is_gone = since is not None and since.freshness is Freshness.GONE
    is_silent = found.suppressed not in {None, "comment"}
    return found.editor_severity is not None and not is_silent and not is_gone


def _rank(note: FindingNote) -> tuple[int, TextRange, str]:
    at = note.at or _anywhere(note.newest.finding)
    return -note.severity, at, note.newest.finding.rule


def _note(key: TextKey, folding: Folding, occurrences: list[tuple[int, Occurrence]]) -> FindingNote:
    """Judge one fingerprint by the occurrences on the current text, or say that it was edited."""
    current = [(n, o) for n, o in occurrences if _is_current(folding, o)]
    shown = current or occurrences
    newest = shown[0][1]
    at = folding.carriers[key].token(newest.on_code, _anywhere(newest.finding))
    passing = _passing(folding, newest.finding)
    has_clean_call = _has_clean_call(folding, passing, shown)
    failed, calls = _failed(shown), sum(len(made) for made in passing.values())
    ended: Ended | None = None
    if not current or at is None:
        ended = "edited"
    elif has_clean_call and failed < 2:
        ended = "fixed"
    elif _is_silenced(key, folding, newest, at):
        ended = "ignored"
    return FindingNote(
        at=at,
        severity=_severity(newest),
        occurrences=tuple(occurrence for _, occurrence in shown),
        failed=failed,
        calls=max(calls, failed),
        has_clean_call=has_clean_call,
        ended=ended,
        edited_in=_edited_in(newest),
    )


def _is_current(folding: Folding, occurrence: Occurrence) -> bool:
    """Tell whether the code a finding speaks of is as it was, as far as open texts go."""
    found, on_code = occurrence.finding, occurrence.on_code
    if found.site is not None:
        carrier = folding.carriers[key_of(found.site.at)]
        if not carrier.is_unchanged(on_code, found.site):
            return False
        if found.place is not None and _is_within(found.place, found.site):
            return True
    around = folding.carriers[key_of(found.place)] if found.place is not None else None
    return around is None or around.is_line_unchanged(on_code, _anywhere(found))


def _is_within(place: Place, site: Site) -> bool:
    return key_of(place) == key_of(site.at) and site.extent.covers(place.range)


def _passing(folding: Folding, found: Finding) -> dict[int, tuple[Call, ...]]:
    """Return the calls of the finding's site by trace, on the text as it is now."""
    if found.site is None:
        return {}
    name: SiteName = site_name(found.site)
    carrier = folding.carriers[name[0]]
    passing: dict[int, tuple[Call, ...]] = {}
    for number, layer in enumerate(folding.layers):
        calls = layer.calls(name)
        if calls and carrier.is_unchanged(layer.on_code, calls[0].resolution.site):
            passing[number] = calls
    return passing


def _has_clean_call(
    folding: Folding,
    passing: Mapping[int, tuple[Call, ...]],
    occurrences: Sequence[tuple[int, Occurrence]],
) -> bool:
    """Tell whether a trace newer than all occurrences passed the same site without the finding."""
    newest = occurrences[0][0]
    return folding.newer_calls_count and any(number < newest for number in passing)


def _failed(occurrences: Sequence[tuple[int, Occurrence]]) -> int:
    return sum(_failed_in(occurrence.finding) for _, occurrence in occurrences)


def _failed_in(found: Finding) -> int:
    failed = found.values.get("failed", 1)
    return failed if isinstance(failed, int) and failed > 0 else 1


def _is_silenced(key: TextKey, folding: Folding, newest: Occurrence, at: TextRange) -> bool:
    text = _text(folding.carriers[key], newest)
    if text is None:
        return False
    site = newest.finding.site
    first = at.start.line
    if site is not None and newest.finding.place == site.at:
        first = folding.carriers[key].extent(newest.on_code, site.extent).start.line
    return is_ignored(newest.finding.rule, text, at, first)


def _text(carrier: Carrier, newest: Occurrence) -> LineIndex | None:
    if carrier.document is not None:
        return carrier.document.text
    return newest.on_code.texts.get(carrier.key.label)


def _severity(newest: Occurrence) -> Severity:
    """Grade for the editor: at most Information on code that a commit edited since."""
    severity = newest.finding.editor_severity or Severity.HINT
    if _edited_in(newest) is not None:
        return min(severity, Severity.INFORMATION)
    if newest.finding.rule in _OPINIONS and any(_stronger(newest)):
        return Severity.HINT
    return severity


def _stronger(newest: Occurrence) -> Iterator[bool]:
    found = newest.finding
    for other in newest.on_code.examination.findings:
        if other is not found and other.place == found.place and other.editor_severity is not None:
            yield other.editor_severity > (found.editor_severity or Severity.HINT)


def _edited_in(newest: Occurrence) -> str | None:
    """Return the commit that edited the function since; empty when it is not known which."""
    found = newest.finding
    since = newest.on_code.since_at(found.span_ids, found.place)
    if since is None or since.freshness is not Freshness.EDITED:
        return None
    return since.commit or ""


def _anywhere(found: Finding) -> TextRange:
    place = found.place
    if place is None:
        raise ValueError("a finding without a place is on no text")
    return place.range
