"""Tells what went wrong beside an answer, on standard error, a line each."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tracegloss.wording.printable import one_line

MOST_PROBLEMS = 10


def tell(problems: Sequence[str]) -> None:
    """Write the first problems and how many more there are; they are redacted already."""
    for problem in problems[:MOST_PROBLEMS]:
        click.echo(f"tracegloss: {one_line(problem)}", err=True)
    rest = len(problems) - MOST_PROBLEMS
    if rest > 0:
        click.echo(f"tracegloss: {rest} more; tracegloss index --format json has all", err=True)
