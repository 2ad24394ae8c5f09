"""Builds small traces from one line a span: `name start-end [parent=name]`, indented by depth."""

from __future__ import annotations

from tracegloss.model.trace import Span, SpanStatus, Trace, TraceInfo, TraceState
from tracegloss.recorded import Recorded


def trace_of(*lines: str) -> Trace:
    """Build a trace whose span ids are the names; indentation of two spaces a level nests."""
    spans: list[Span] = []
    open_spans: list[str] = []
    for line in lines:
        depth = (len(line) - len(line.lstrip())) // 2
        name, interval, *options = line.split()
        start, _, end = interval.partition("-")
        named = dict(option.split("=", 1) for option in options)
        parent = named.get("parent", open_spans[depth - 1] if depth else None)
        open_spans[depth:] = [name]
        spans.append(span_of(name, int(start), None if end == "?" else int(end), parent))
    return Trace(info_of(), tuple(sorted(spans, key=lambda span: span.start_ns)))


def span_of(name: str, start: int, end: int | None, parent: str | None) -> Span:
    """Build a plain span whose id is its name; times in nanoseconds."""
    return Span(
        span_id=name,
        parent_id=parent,
        name=Recorded(name),
        type=None,
        status=SpanStatus.OK,
        status_message=None,
        start_ns=start,
        end_ns=end,
        function_name=None,
        inputs=None,
        outputs=None,
        attributes=Recorded({}),
    )


def info_of(metadata: dict[str, str] | None = None) -> TraceInfo:
    """Build the info of a trace with nothing but an id and metadata."""
    return TraceInfo(
        trace_id="tr-0",
        name=None,
        state=TraceState.OK,
        request_ns=None,
        duration_ms=None,
        experiment_id=None,
        client_request_id=None,
        request_preview=None,
        response_preview=None,
        metadata=Recorded(metadata or {}),
        tags=Recorded({}),
        assessments=(),
        tokens=None,
        cost_usd=None,
    )
