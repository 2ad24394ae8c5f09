"""Times as readers see them: durations in words, numbers of milliseconds, moments in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_NS = 253_402_300_799_000_000_000


def duration(nanoseconds: int) -> str:
    """Word a duration: `0.3 ms`, `12 ms`, `1.24 s`, `2 m 05 s`, `3 h 07 m`."""
    milliseconds = nanoseconds / 1_000_000
    if milliseconds < 9.95:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    if milliseconds < 59_995:
        return f"{milliseconds / 1000:.2f} s"
    return _long_duration(round(milliseconds / 1000))


def _long_duration(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} m {seconds:02} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} m"


def milliseconds(nanoseconds: int) -> float:
    """Convert to milliseconds with at most three decimals, as the JSON report writes times."""
    return round(nanoseconds / 1_000_000, 3)


def moment(epoch_ns: int) -> str:
    """Write a time for people: `2026-11-23 07:45:11 UTC`."""
    return f"{_utc(epoch_ns):%Y-%m-%d %H:%M:%S} UTC"


def timestamp(epoch_ns: int) -> str:
    """Write a time by RFC 3339, in UTC with milliseconds."""
    return _utc(epoch_ns).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _utc(epoch_ns: int) -> datetime:
    bounded = min(max(epoch_ns, 0), _LAST_NS)
    return _EPOCH + timedelta(microseconds=bounded // 1000)
