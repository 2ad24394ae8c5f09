"""What `correlate` was asked for, and the way to its answer."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from msgspec import Struct

from tracegloss.index.files.asked import AskedFiles
from tracegloss.model.settings import RedactionLevel
from tracegloss.report.options import Threshold
from tracegloss.workspace.root import root_of

FORMATS = ("text", "json", "markdown", "github", "sarif")


class Asked(Struct, frozen=True):
    """The argument and the options of `correlate`, as they are without a word about them.

    `timeout` is in seconds, `budget` in tokens.
    """

    trace: str
    form: str = "text"
    budget: int | None = None
    span: str | None = None
    why: str | None = None
    find: str | None = None
    everything: bool = False
    frames: Literal["own", "all"] = "own"
    no_io: bool = False
    io: Literal["cut", "full"] = "cut"
    fields: str | None = None
    fail_on: Threshold = "never"
    stamp: bool = False
    at: str | None = None
    now: bool = False
    root: Path | None = None
    tracking_uri: str | None = None
    experiment: str | None = None
    timeout: float = 10.0
    redact: RedactionLevel | None = None
    colour: Literal["auto", "always", "never"] = "auto"
    no_cache: bool = False


def answer(asked: Asked) -> int:
    """Print the report and give the exit status; raises what there is instead of a report."""
    files = AskedFiles(root_of(asked.root))
    # Git lists the files meanwhile: loading the rest takes longer than that.
    from tracegloss.cli.correlating import report

    return report(asked, files)
