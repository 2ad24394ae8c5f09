"""Which traces of an experiment are loaded by themselves, and which of them are news."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from tracegloss.model.trace import TraceInfo, TraceState

LISTED = 200
ALL_UP_TO = 20
NEWEST = 10
NEWEST_FAILED = 10
FAILED_WITHIN_NS = 7 * 86_400 * 10**9
MOST_LOADED = 50

Seen: TypeAlias = tuple[str, int | None, int]


def to_load(infos: Sequence[TraceInfo], now_ns: int) -> tuple[str, ...]:
    """Choose among infos, newest first: all of a few, else the newest and the newest that failed.

    Failures count for seven days before `now_ns`.
    """
    if len(infos) <= ALL_UP_TO:
        return tuple(info.trace_id for info in infos)
    failed = [info for info in infos if _failed_lately(info, now_ns)]
    chosen = dict.fromkeys(info.trace_id for info in (*infos[:NEWEST], *failed[:NEWEST_FAILED]))
    return tuple(chosen)


def news(infos: Iterable[TraceInfo], seen: Mapping[str, Seen]) -> tuple[TraceInfo, ...]:
    """Return the infos that are new, or say something else than when they were seen."""
    return tuple(info for info in infos if seen.get(info.trace_id) != seen_as(info))


def seen_as(info: TraceInfo) -> Seen:
    """Tell what changes while a trace is finished and judged."""
    return info.state.value, info.duration_ms, len(info.assessments)


def _failed_lately(info: TraceInfo, now_ns: int) -> bool:
    is_late = info.request_ns is not None and info.request_ns >= now_ns - FAILED_WITHIN_NS
    return is_late and info.state is TraceState.ERROR
