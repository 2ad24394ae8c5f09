"""Which traces of an experiment are loaded by themselves, and which of them are news."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from tracegloss.findings.assessments import has_failed
from tracegloss.model.settings import Settings
from tracegloss.model.trace import TraceInfo, TraceState

LISTED = 200
ALL_UP_TO = 20
NEWEST = 10
NEWEST_FAILED = 10
FAILED_WITHIN_NS = 7 * 86_400 * 10**9
MOST_LOADED = 50
MOST_BYTES = 64_000_000

_DEFAULTS = Settings()

Seen: TypeAlias = tuple[str, int | None, int]


def to_load(
    infos: Sequence[TraceInfo], now_ns: int, settings: Settings = _DEFAULTS
) -> tuple[str, ...]:
    """Choose among infos, newest first: all of a few, else the newest and the newest that failed.

    A trace failed that ended with an error or that an assessment calls wrong; failures count for
    seven days before `now_ns`.
    """
    if len(infos) <= ALL_UP_TO:
        return tuple(info.trace_id for info in infos)
    failed = [info for info in infos if _failed_lately(info, now_ns, settings)]
    chosen = dict.fromkeys(info.trace_id for info in (*infos[:NEWEST], *failed[:NEWEST_FAILED]))
    return tuple(chosen)


def news(infos: Iterable[TraceInfo], seen: Mapping[str, Seen]) -> tuple[TraceInfo, ...]:
    """Return the infos that are new, or say something else than when they were seen."""
    return tuple(info for info in infos if seen.get(info.trace_id) != seen_as(info))


def seen_as(info: TraceInfo) -> Seen:
    """Tell what changes while a trace is finished and judged."""
    return info.state.value, info.duration_ms, len(info.assessments)


def _failed_lately(info: TraceInfo, now_ns: int, settings: Settings) -> bool:
    is_late = info.request_ns is not None and info.request_ns >= now_ns - FAILED_WITHIN_NS
    has_error = info.state is TraceState.ERROR
    return is_late and (has_error or has_failed(info.assessments, settings))
