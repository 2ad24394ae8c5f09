"""What a reader asked the report to show, and how."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Threshold: TypeAlias = Literal["never", "error", "warning", "information"]


class ReportOptions(Struct, frozen=True):
    """Choices of one report, each the twin of an option of the command line.

    `width` counts terminal columns. `everything` shows every span on a row of its own and lists
    without an end. `frames` says whether frames of libraries are printed. `values` are inputs and
    outputs: `cut`, left out, or in full (for one span). `command` is what makes this report again
    (`correlate tr-…`), quoted for a shell; without it the trace's own id is used. `stamp` is the
    time to write into a JSON report (RFC 3339), which has none by itself.
    """

    width: int = 100
    everything: bool = False
    frames: Literal["own", "all"] = "own"
    values: Literal["cut", "none", "full"] = "cut"
    command: str | None = None
    fail_on: Threshold = "never"
    stamp: str | None = None
