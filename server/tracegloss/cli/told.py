"""Tells what went wrong beside an answer, on standard error, a line each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress

from tracegloss.wording.printable import one_line

MOST_PROBLEMS = 10


def tell(problems: Sequence[str]) -> None:
    """Write the first problems and how many more there are; they are redacted already.

    The answer stands where they cannot be written.
    """
    lines = [one_line(problem) for problem in problems[:MOST_PROBLEMS]]
    rest = len(problems) - MOST_PROBLEMS
    if rest > 0:
        lines.append(f"{rest} more; tracegloss index --format json has all")
    with suppress(OSError):
        for line in lines:
            print(f"tracegloss: {line}", file=sys.stderr)
