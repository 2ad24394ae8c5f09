"""Several traces within one number of tokens: `--budget N` bounds all that is written."""

from __future__ import annotations

from collections.abc import Sequence

from tracegloss.errors import UsageError
from tracegloss.report.budget.report import BYTES_PER_TOKEN, LEAST_TOKENS, budget_report
from tracegloss.report.counting import count
from tracegloss.report.options import ReportOptions
from tracegloss.trace_on_code import TraceOnCode

_LEAST = LEAST_TOKENS * BYTES_PER_TOKEN
_LAST_LINE = 90
"""Bytes kept for the line that counts the traces left out, its newline included."""


def most_reports(tokens: int) -> int:
    """Say how many traces a budget has room for, at least one."""
    return max(1, (tokens * BYTES_PER_TOKEN - _LAST_LINE) // (_LEAST + BYTES_PER_TOKEN))


def reports_within(
    kept: Sequence[TraceOnCode], n_left_out: int, options: ReportOptions, tokens: int
) -> str:
    """Write the reports of `kept` and count the others, in at most `tokens` tokens together.

    What one report leaves goes to those after it. Raises `UsageError` for less than one report and
    the count of the others need.
    """
    if n_left_out and tokens * BYTES_PER_TOKEN < _LEAST + _LAST_LINE:
        least = -(-(_LEAST + _LAST_LINE) // BYTES_PER_TOKEN)
        raise UsageError(
            f"A budget of {tokens} tokens is too small for {n_left_out + len(kept)} traces",
            where="--budget",
            remedy=f"The least is {least}.",
        )
    room = tokens * BYTES_PER_TOKEN - (_LAST_LINE if n_left_out else 0)
    written = ""
    for number, on_code in enumerate(kept):
        gap = "\n" if number else ""
        left = room - len(written.encode()) - len(gap)
        share = left // (len(kept) - number) // BYTES_PER_TOKEN
        written += gap + budget_report(on_code, options, share)
    more = f"more: {count(n_left_out, 'trace')} left out, a larger --budget holds them\n"
    return written + more if n_left_out else written
