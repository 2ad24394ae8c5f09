"""What a source adds up over the last 24 hours without its traces being read: by span name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from tracegloss.recorded import RecordedText

LAST_DAY_MS = 86_400_000


class DayFigures(Struct, frozen=True):
    """The spans of one name in the traces of a day.

    `timed` of the `calls` ended well; `p50_ns` and `p95_ns` are over those, in nanoseconds, and
    `None` where the source does not tell them.
    """

    calls: int
    errors: int
    timed: int = 0
    p50_ns: int | None = None
    p95_ns: int | None = None


LastDay: TypeAlias = Mapping[RecordedText, DayFigures]
