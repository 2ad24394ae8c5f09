"""Moments and durations as people type them: `2h` ago, a date, RFC 3339; `500ms`, `1.5s`."""

from __future__ import annotations

import re

from tracegloss.errors import UsageError
from tracegloss.traces.fields import timestamp_ns

_AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s?(ms|s|m|h|d|w)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MINUTE = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d)(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_MILLISECONDS = {
    "ms": 1,
    "s": 1000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
}


def parse_moment(written: str, now_ns: int) -> int:
    """Read a moment as nanoseconds since the epoch; without a zone it is UTC.

    `2h` is two hours before `now_ns`. Raises `UsageError`.
    """
    amount = _AMOUNT.fullmatch(written.strip())
    if amount is not None:
        return now_ns - int(float(amount[1]) * _MILLISECONDS[amount[2]]) * 10**6
    moment = timestamp_ns(_complete(written.strip()))
    if moment is None:
        raise UsageError(
            "not a moment",
            where=written[:40],
            remedy="Write 2h, 7d, 2026-11-23 or RFC 3339",
        )
    return moment


def _complete(written: str) -> str:
    if _DATE.fullmatch(written):
        return f"{written}T00:00:00"
    minute = _MINUTE.fullmatch(written)
    return written if minute is None else f"{minute[1]}:00{minute[2] or ''}"


def parse_duration_ms(written: str) -> int:
    """Read a duration in milliseconds; a bare number is milliseconds. Raises `UsageError`."""
    text = written.strip()
    amount = _AMOUNT.fullmatch(text if text[-1:].isalpha() else f"{text}ms")
    if amount is None:
        raise UsageError("not a duration", where=written[:40], remedy="Write 500ms, 1.5s or 2m")
    return int(float(amount[1]) * _MILLISECONDS[amount[2]])
