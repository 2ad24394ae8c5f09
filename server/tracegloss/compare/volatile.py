"""Takes out of values what varies from run to run by itself, so that it counts as no difference.

Addresses of objects in their `repr`, UUIDs, ids that services make for each answer, and members
that say when an answer was made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tracegloss.recorded import JsonValue

_MADE_ANEW = re.compile(
    r"\b0x[0-9a-f]{6,16}\b"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    r"|\b(?:chatcmpl|cmpl|call|msg|resp|req|run|toolu|gen|rs|fc)[-_](?=\w*\d)[A-Za-z0-9-]{12,}\b",
    re.IGNORECASE,
)
_MEMBERS = frozenset({"created", "created_at", "created_time", "timestamp", "system_fingerprint"})
_DEEPEST = 60


def steady(value: JsonValue, depth: int = 0) -> JsonValue:
    """Return a value in which each of these is a `*`; what is nested very deeply stays as it is."""
    if isinstance(value, str):
        return _MADE_ANEW.sub("*", value) if len(value) >= 8 else value
    if isinstance(value, Mapping) and depth < _DEEPEST:
        return {key: steady(item, depth + 1) for key, item in steady_members(value).items()}
    if isinstance(value, list | tuple) and depth < _DEEPEST:
        return [steady(item, depth + 1) for item in value]
    return value


def steady_members(value: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return an object with a `*` for the members that say when or by what it was made."""
    return {
        key: "*" if key in _MEMBERS and isinstance(item, str | int | float) else item
        for key, item in value.items()
    }
