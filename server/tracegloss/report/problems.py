"""What of a trace could not be read or placed."""

from __future__ import annotations

from tracegloss.model.trace import Problem
from tracegloss.trace_on_code import TraceOnCode


def all_problems(on_code: TraceOnCode) -> tuple[Problem, ...]:
    """Return the problems of the trace and of its correlation."""
    return (*on_code.trace.problems, *on_code.correlation.problems)
