"""Words for how sure a place is, why, what else was considered, and what became of it since."""

from __future__ import annotations

from tracegloss.model.resolution import (
    Ambiguous,
    Candidate,
    Confidence,
    Freshness,
    Resolution,
    Resolved,
    Unresolved,
)
from tracegloss.trace_on_code import SinceTrace, TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.wording.places import place_label

MOST_REASONS = 6
MOST_ALTERNATIVES = 5


def confidence_word(confidence: Confidence) -> str:
    """Return `exact`, `strong` or `weak`."""
    return confidence.name.lower()


def outcome_word(resolution: Resolution) -> str:
    """Return `resolved`, `ambiguous` or `unresolved`."""
    match resolution:
        case Resolved():
            return "resolved"
        case Ambiguous():
            return "ambiguous"
        case Unresolved():
            return "unresolved"


def reasons(display: Display, resolution: Resolution) -> tuple[str, ...]:
    """List what speaks for a resolution, or why there is none, one line each."""
    if isinstance(resolution, Unresolved):
        detail = display.sentence(resolution.detail)
        return (f"{resolution.reason}: {detail}" if detail else resolution.reason,)
    supporting = (e for e in resolution.evidence if e.supports)
    return tuple(display.sentence(e.detail) for e in supporting)[:MOST_REASONS]


def alternatives(display: Display, resolution: Resolution) -> tuple[str, ...]:
    """List the other places that were considered, with what spoke against each."""
    match resolution:
        case Resolved(alternatives=considered) | Ambiguous(candidates=considered):
            return tuple(_alternative(display, each) for each in considered[:MOST_ALTERNATIVES])
        case Unresolved():
            return ()


def since_trace(display: Display, on_code: TraceOnCode, span_id: str, *, edited_here: bool) -> str:
    """Say what became of a span's function since the trace, as far as that is known."""
    if edited_here:
        return "Edited since this trace was loaded."
    commit = (on_code.standing.commit or "")[:7]
    since = on_code.since.get(span_id)
    if since is None:
        if not commit:
            return "The trace recorded no commit: this is the code as it is now."
        return f"Recorded at commit {commit}, shown on the code as it is now."
    match since.freshness:
        case Freshness.IDENTICAL:
            if since.basis == "working-tree":
                return f"Unchanged since this trace, with edits that commit {commit} lacks."
            return f"Identical to commit {commit}."
        case Freshness.MOVED:
            ran = since.as_ran
            was = "" if ran is None else f"; it ran at {place_label(ran.at)}"
            return f"Moved since commit {commit}, text unchanged{was}."
        case Freshness.EDITED:
            return _edited(display, since, commit)
        case Freshness.GONE:
            return f"Gone since commit {commit}."


def ran_as(display: Display, on_code: TraceOnCode, span_id: str) -> str:
    """Write the signature a span's function had when it ran; empty when that is not known."""
    since = on_code.since.get(span_id)
    ran = None if since is None else since.as_ran
    if ran is None or ran.signature is None:
        return ""
    name = (ran.qualified_name or "").rpartition(".")[2]
    return f"{display.ours(name)}{display.ours(ran.signature)}"


def _edited(display: Display, since: SinceTrace, commit: str) -> str:
    """Say what an edit touched and which commit it was."""
    if since.basis == "stack-text":
        return "Edited since this trace: its stack quotes a line that the function does not have."
    if not since.parts:
        edited = f" in {since.commit}" if since.commit else ""
        return f"Edited since this trace{edited}; it ran at commit {commit}."
    *others, last = since.parts
    parts = f"{', '.join(others)} and {last}" if others else last
    return f"Edited since this trace: the {parts} changed{_changed_in(display, since)}."


def _changed_in(display: Display, since: SinceTrace) -> str:
    if since.uncommitted:
        return ", which is not committed"
    if since.changed_in is None:
        return ""
    day = (since.changed_in.author_time or "")[:10]
    by = ", ".join(filter(None, (display.ours(since.changed_in.author), day)))
    return f" in {since.commit} ({by})" if by else f" in {since.commit}"


def _alternative(display: Display, candidate: Candidate) -> str:
    name = display.ours(candidate.site.qualified_name)
    against = display.sentence(candidate.against)
    named = f"{place_label(candidate.site.at)} {name}".rstrip()
    return f"{named}: {against}" if against else named
