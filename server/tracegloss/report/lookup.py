"""Finds the span a reader asked for by its id."""

from __future__ import annotations

from tracegloss.errors import UsageError
from tracegloss.model.trace import Span
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.printable import one_line


def find_span(on_code: TraceOnCode, asked: str) -> Span:
    """Return the span with this id, or the only one whose id begins so.

    Raises `UsageError` when none or several do.
    """
    wanted = asked.strip().lower().removeprefix("0x")
    exact = on_code.tree.spans.get(wanted)
    if exact is not None:
        return exact
    begun = [s for s in on_code.tree.order if wanted and s.startswith(wanted)]
    if len(begun) == 1:
        return on_code.tree.spans[begun[0]]
    shown = one_line(asked)[:40]
    trace = f"trace {one_line(on_code.trace.info.trace_id)}"
    if not begun:
        raise UsageError(
            f"No span {shown!r} in this trace",
            where=trace,
            remedy="The JSON report (--format json) lists the id of every span.",
        )
    raise UsageError(
        f"{len(begun)} spans begin with {shown!r}",
        where=trace,
        remedy=f"Write more digits: {', '.join(begun[:3])}.",
    )
