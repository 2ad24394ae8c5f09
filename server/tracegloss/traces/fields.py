"""Readers of single fields that may be missing, of another type, or written another way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from tracegloss.recorded import JsonValue, Recorded, RecordedText
from tracegloss.traces.json_bytes import printable_text

LATEST_NS = 2**63 - 1
_TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?\s?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_DURATION = re.compile(r"(\d{1,12})(?:\.(\d{1,12}))?s", re.ASCII)


def mapping(value: JsonValue) -> Mapping[str, JsonValue]:
    """Return the object itself, or an empty one for everything else."""
    return value if isinstance(value, dict) else {}


def items(value: JsonValue) -> list[JsonValue]:
    """Return the list itself, or an empty one for everything else."""
    return value if isinstance(value, list) else []


def text(value: JsonValue) -> str | None:
    """Return a string, writable as UTF-8; anything else is absent."""
    return printable_text(value) if isinstance(value, str) else None


def closed(value: JsonValue) -> RecordedText | None:
    """Close a string; anything else is absent."""
    return Recorded(printable_text(value)) if isinstance(value, str) else None


def first(source: Mapping[str, JsonValue], names: Iterable[str]) -> JsonValue:
    """Return the first of these members that is there and not null."""
    for name in names:
        value = source.get(name)
        if value is not None:
            return value
    return None


def whole_number(value: JsonValue) -> int | None:
    """Read an integer, also from a string (protobuf's JSON) or a float without a fraction."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and len(value) <= 20 and value.lstrip("-").isdecimal():
        return int(value)
    return None


def number(value: JsonValue) -> float | None:
    """Read a finite number, also from a string."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if abs(result) < float("inf") else None


def nanoseconds(value: JsonValue) -> int | None:
    """Read a time in nanoseconds since the epoch: a number, its digits, or RFC 3339 text."""
    if type(value) is int:
        return value if 0 <= value <= LATEST_NS else None
    moment = whole_number(value)
    if moment is None and isinstance(value, float) and 0 <= value <= LATEST_NS:
        moment = int(value)
    if moment is None and isinstance(value, str):
        moment = timestamp_ns(value)
    return moment if moment is not None and 0 <= moment <= LATEST_NS else None


def timestamp_ns(written: str) -> int | None:
    """Read RFC 3339 text as nanoseconds since the epoch; without a zone it is UTC."""
    match = _TIMESTAMP.fullmatch(written.strip())
    if match is None:
        return None
    date, clock, fraction, zone = match.groups()
    try:
        moment = datetime.fromisoformat(
            f"{date}T{clock}{'+00:00' if zone in (None, 'Z') else zone}"
        )
    except ValueError:
        return None
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 10**9 + _fraction_ns(fraction)


def duration_ms(value: JsonValue) -> int | None:
    """Read a duration in milliseconds: a number of them, or protobuf's `"0.030s"`."""
    if isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        return int(match[1]) * 1000 + _fraction_ns(match[2]) // 10**6
    return whole_number(value)


def _fraction_ns(digits: str | None) -> int:
    return int((digits or "0")[:9].ljust(9, "0"))


def milliseconds_to_ns(value: JsonValue) -> int | None:
    """Read a time in milliseconds since the epoch as nanoseconds."""
    moment = whole_number(value)
    return None if moment is None or not 0 <= moment <= LATEST_NS // 10**6 else moment * 10**6
