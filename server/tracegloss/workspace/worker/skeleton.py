"""What is left of a huge trace in an editor: its spans without what was recorded in them."""

from __future__ import annotations

from msgspec.structs import replace

from tracegloss.model.trace import Span
from tracegloss.recorded import Recorded
from tracegloss.trace_on_code import TraceOnCode

# A trace of more spans is kept as a skeleton; inputs and outputs are read when asked for.
MOST_WHOLE_SPANS = 5_000


def fitting(on_code: TraceOnCode) -> TraceOnCode:
    """Return a trace as an editor keeps it: whole, or as a skeleton when it has many spans."""
    return on_code if len(on_code.trace.spans) <= MOST_WHOLE_SPANS else _skeleton(on_code)


def _skeleton(on_code: TraceOnCode) -> TraceOnCode:
    spans = tuple(_bare(span) for span in on_code.trace.spans)
    return replace(
        on_code,
        trace=replace(on_code.trace, spans=spans),
        tree=replace(on_code.tree, spans={span.span_id: span for span in spans}),
        is_skeleton=True,
    )


def _bare(span: Span) -> Span:
    return replace(span, inputs=None, outputs=None, attributes=_NOTHING, events=(), links=())


_NOTHING = Recorded[dict[str, object]]({})
