"""Tells what went wrong beside an answer, on standard error, a line each."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tracegloss.wording.printable import one_line

MOST_PROBLEMS = 10


def tell(problems: Sequence[str]) -> None:
    """Write the first problems and how many more there are; they are redacted already."""
    for problem in problems[:MOST_PROBLEMS]:
        print(f"tracegloss: {one_line(problem)}", file=sys.stderr)
    rest = len(problems) - MOST_PROBLEMS
    if rest > 0:
        print(f"tracegloss: {rest} more; tracegloss index --format json has all", file=sys.stderr)
