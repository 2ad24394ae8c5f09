"""What became of the code of a span, or of a finding, since the trace was recorded."""

from __future__ import annotations

from tracegloss.model.freshness import ChangedIn, SinceTrace
from tracegloss.model.resolution import Freshness
from tracegloss.report.json.members import Json, Members
from tracegloss.wording.printable import one_line

_CHANGES = frozenset({Freshness.EDITED, Freshness.GONE})


def freshness_members(since: SinceTrace | None) -> Members:
    """Write the freshness, what it was read from, and the commit that changed the function."""
    if since is None:
        return {"freshness": None, "freshness_basis": None, "changed_in": None}
    return {
        "freshness": since.freshness.value,
        "freshness_basis": since.basis,
        "changed_in": _commit(since.changed_in),
    }


def changes_members(since: SinceTrace | None) -> Json:
    """Write what an edit touched, `null` unless the function was edited or is gone."""
    if since is None or since.freshness not in _CHANGES:
        return None
    return {
        "parts": list(since.parts),
        "lost_inputs": [one_line(name) for name in since.lost_inputs],
        "last_in": _commit(since.last_in),
        "uncommitted": since.uncommitted,
    }


def _commit(commit: ChangedIn | None) -> Json:
    if commit is None:
        return None
    return {"commit": one_line(commit.commit), "author_time": commit.author_time}
