"""The line of the title that says at which commit the trace ran and which text it is shown on."""

from __future__ import annotations

import re

from tracegloss.model.repository import CommitStanding, RepositoryState
from tracegloss.report.freshness import freshness_counts, is_carried
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display

_SHORT = 7
_NOW = "resolved against the working tree"
_NAMED_BY = {
    "model": "as its logged model says",
    "tag": "as a tag of the trace says",
    "release": "as its service's version says",
    "setting": "as a setting says",
    "option": "as --at says",
}
_WORD = re.compile(r"[\w./+@#:-]{1,80}")


def standing_items(on_code: TraceOnCode, display: Display) -> list[str]:
    """List the trace's commit against HEAD, and uncommitted edits then and now."""
    here = on_code.repositories[0] if on_code.repositories else None
    standing = on_code.standing
    if standing.commit is None:
        return ["no commit recorded: resolved against the working tree", *_edits_now(here)]
    items = [commit_words(on_code, here, display), *_since(on_code)]
    if standing.known_here is not False:
        items.append(f"uncommitted edits at recording time: {_edits_then(on_code)}")
    return [*items, *_edits_now(here)]


def commit_words(on_code: TraceOnCode, here: RepositoryState | None, display: Display) -> str:
    """Say where the trace's commit stands: `commit 1ce4efb (main) = HEAD`."""
    standing = on_code.standing
    named = f"commit {short(standing.commit, display)}{_branch(standing, display)}"
    if here is not None and here.unavailable is None and here.commit is None:
        return f"{named}, no commit here to compare with: resolved against the working tree"
    if here is None or here.commit is None or standing.known_here is None:
        why = f" ({display.ours(here.unavailable)})" if here and here.unavailable else ""
        return f"{named}, no git here to compare with{why}: {_NOW}"
    if not standing.known_here:
        return f"{named} {_missing(standing, display)}: {_NOW}"
    if standing.commit == here.commit and standing.why_now is None:
        return f"{named} = HEAD"
    if standing.commit == here.commit:
        return f"{named} = HEAD: {_shown(on_code, here)}"
    head = short(here.commit, display)
    return f"{named}, {_distance(standing)} HEAD {head}: {_shown(on_code, here)}"


def _missing(standing: CommitStanding, display: Display) -> str:
    """Say why a commit is not here, and the command that brings it."""
    if standing.why_now == "other-repository":
        return "is of another repository than this one"
    command = f" ({display.ours(standing.fetch)})" if standing.fetch else ""
    return f"is not in this repository{command}"


def _shown(on_code: TraceOnCode, here: RepositoryState) -> str:
    """Say which text spans were resolved against."""
    why = on_code.standing.why_now
    if why == "not-there":
        return f"its code has none of these spans, {_NOW}"
    if why == "unreadable":
        return f"files of it are not in this clone (git fetch --refetch --no-filter), {_NOW}"
    if why == "asked":
        return f"{_NOW}, as asked"
    if on_code.standing.resolved_at != "commit":
        return _NOW
    is_edited = here.dirty or any(since.uncommitted for since in on_code.since.values())
    return f"resolved there, shown {'here' if is_edited else 'at HEAD'}"


def short(commit: str | None, display: Display) -> str:
    """Shorten a commit id to seven digits."""
    return display.ours(commit)[:_SHORT]


def _branch(standing: CommitStanding, display: Display) -> str:
    words = (standing.branch, standing.date)
    named_by = _NAMED_BY.get(standing.named_by)
    # A trace says what its branch was called; only what could be a branch is repeated.
    known = [display.ours(word) for word in words if word and _WORD.fullmatch(word)]
    known += [named_by] if named_by else []
    return f" ({', '.join(known)})" if known else ""


def _since(on_code: TraceOnCode) -> list[str]:
    counts = freshness_counts(on_code)
    said = ", ".join(f"{number:,} {freshness.value}" for freshness, number in counts.items())
    is_told = is_carried(on_code) or on_code.standing.behind_head != 0
    return [f"since then {said}"] if said and is_told else []


def _distance(standing: CommitStanding) -> str:
    if standing.behind_head:
        return f"{standing.behind_head:,} behind"
    if standing.ahead_of_head:
        return f"{standing.ahead_of_head:,} ahead of"
    return "not an ancestor of"


def _edits_then(on_code: TraceOnCode) -> str:
    standing = on_code.standing
    if standing.stored_diff == "applied":
        return "yes, stored with its model and applied"
    if standing.stored_diff == "does-not-fit":
        return "yes, but those stored with its model do not fit its commit"
    if any(since.basis == "working-tree" for since in on_code.since.values()):
        return "those still here"
    if standing.dirty_at_recording is None:
        return "not recorded"
    return "yes" if standing.dirty_at_recording else "none"


def _edits_now(here: RepositoryState | None) -> list[str]:
    return ["uncommitted edits here now"] if here is not None and here.dirty else []
