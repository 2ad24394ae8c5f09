"""What a store says of a trace, in MLflow 3's and MLflow 2's words, to `TraceInfo`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracegloss.model.trace import Span, SpanStatus, Tokens, TraceInfo, TraceState
from tracegloss.recorded import JsonValue, Recorded, RecordedText
from tracegloss.reveal import reveal
from tracegloss.traces.assessments import decode_assessments
from tracegloss.traces.dialects import mlflow_tokens, total_cost
from tracegloss.traces.fields import (
    closed,
    duration_ms,
    first,
    mapping,
    milliseconds_to_ns,
    text,
    timestamp_ns,
    whole_number,
)
from tracegloss.traces.ids import bytes_of, safe_trace_id
from tracegloss.traces.labels import label, labels
from tracegloss.traces.problems import ProblemLog

_IDS = ("trace_id", "request_id")
_METADATA = ("trace_metadata", "request_metadata")
_KNOWN = frozenset(
    {*_IDS, *_METADATA, "tags", "assessments", "state", "status", "request_time", "timestamp_ms"}
    | {"execution_duration", "execution_duration_ms", "execution_time_ms", "trace_location"}
    | {"experiment_id", "client_request_id", "request_preview", "response_preview"}
)
_STATES = {state.value: state for state in TraceState}


def decode_info(
    raw: Mapping[str, JsonValue], fallback_id: str | None, problems: ProblemLog
) -> TraceInfo:
    """Decode an info of either version; members nobody knows are kept as metadata."""
    metadata = labels(first(raw, _METADATA))
    for key in raw.keys() - _KNOWN:
        if raw[key] is not None:
            metadata.setdefault(key, label(raw[key]))
    tags = labels(raw.get("tags"))
    return TraceInfo(
        trace_id=_trace_id(raw, fallback_id, problems),
        name=_name(tags),
        state=_state(raw, problems),
        request_ns=_request_ns(raw, problems),
        duration_ms=_duration_ms(raw),
        experiment_id=_experiment_id(raw),
        client_request_id=closed(raw.get("client_request_id")),
        request_preview=closed(raw.get("request_preview") or metadata.get("mlflow.traceInputs")),
        response_preview=closed(raw.get("response_preview") or metadata.get("mlflow.traceOutputs")),
        metadata=Recorded(metadata),
        tags=Recorded(tags),
        assessments=decode_assessments(raw.get("assessments"), problems),
        tokens=mlflow_tokens(metadata.get("mlflow.trace.tokenUsage")),
        cost_usd=total_cost(metadata.get("mlflow.trace.cost")),
    )


def _trace_id(raw: Mapping[str, JsonValue], fallback: str | None, problems: ProblemLog) -> str:
    written = first(raw, _IDS)
    if isinstance(written, str) and written:
        is_base64 = len(written) == 24 and (decoded := bytes_of(written, 16)) is not None
        return f"tr-{decoded.hex()}" if is_base64 and decoded else safe_trace_id(written)
    problems.add("trace-id", "the trace has no id of its own")
    return fallback or "unknown"


def _name(tags: Mapping[str, str]) -> RecordedText | None:
    name = tags.get("mlflow.traceName")
    return Recorded(name) if name else None


def _state(raw: Mapping[str, JsonValue], problems: ProblemLog) -> TraceState:
    written = first(raw, ("state", "status"))
    state = _STATES.get(written) if isinstance(written, str) else None
    if state is None and written not in (None, "STATE_UNSPECIFIED", "TRACE_STATUS_UNSPECIFIED"):
        problems.add("trace-state", "the trace's state is unknown")
    return state or TraceState.UNKNOWN


def _request_ns(raw: Mapping[str, JsonValue], problems: ProblemLog) -> int | None:
    written = first(raw, ("request_time", "timestamp_ms"))
    moment = timestamp_ns(written) if isinstance(written, str) else None
    if moment is None:
        moment = milliseconds_to_ns(written)
    if moment is None and written is not None:
        problems.add("trace-time", "the trace's start time is no time")
    return moment


def _duration_ms(raw: Mapping[str, JsonValue]) -> int | None:
    return duration_ms(
        first(raw, ("execution_duration_ms", "execution_duration", "execution_time_ms"))
    )


def _experiment_id(raw: Mapping[str, JsonValue]) -> str | None:
    place = mapping(mapping(raw.get("trace_location")).get("mlflow_experiment"))
    written = first({"a": place.get("experiment_id"), "b": raw.get("experiment_id")}, ("a", "b"))
    number = whole_number(written)
    return text(written) if number is None else str(number)


def derived_info(
    trace_id: str, spans: Sequence[Span], tags: Mapping[str, str] | None = None
) -> TraceInfo:
    """Say of a trace that came without an info what its spans tell, the way MLflow does."""
    root = next((span for span in spans if span.parent_id is None), None)
    ended = [span.end_ns for span in spans if span.end_ns is not None]
    start_ns = root.start_ns if root else min((span.start_ns for span in spans), default=None)
    end_ns = root.end_ns if root else max(ended, default=None)
    is_over = start_ns is not None and end_ns is not None
    return TraceInfo(
        trace_id=trace_id,
        name=root.name if root is not None and reveal(root.name) else None,
        state=_derived_state(root),
        request_ns=start_ns,
        duration_ms=max(0, end_ns - start_ns) // 10**6 if is_over else None,  # type: ignore[operator]
        experiment_id=_derived_experiment(root),
        client_request_id=None,
        request_preview=None,
        response_preview=None,
        metadata=Recorded({}),
        tags=Recorded(dict(tags or {})),
        assessments=(),
        tokens=_derived_tokens(spans),
        cost_usd=None,
    )


def _derived_state(root: Span | None) -> TraceState:
    if root is None:
        return TraceState.UNKNOWN
    if root.end_ns is None:
        return TraceState.IN_PROGRESS
    return TraceState.ERROR if root.status is SpanStatus.ERROR else TraceState.OK


def _derived_experiment(root: Span | None) -> str | None:
    if root is None:
        return None
    written = reveal(root.attributes).get("mlflow.experimentId")
    number = whole_number(written)
    return text(written) if number is None else str(number)


def _derived_tokens(spans: Sequence[Span]) -> Tokens | None:
    """Add up the outermost spans that have tokens: an agent's own count includes its calls'."""
    counted = {span.span_id for span in spans if span.tokens is not None}
    parents = {span.span_id: span.parent_id for span in spans}
    outermost = [
        span.tokens
        for span in spans
        if span.tokens is not None and not _is_below(span.parent_id, counted, parents)
    ]
    if not outermost:
        return None
    return Tokens(
        _sum([tokens.input for tokens in outermost]),
        _sum([tokens.output for tokens in outermost]),
        _sum([tokens.total for tokens in outermost]),
        _sum([tokens.cached for tokens in outermost]),
    )


def _is_below(span_id: str | None, counted: set[str], parents: Mapping[str, str | None]) -> bool:
    seen: set[str] = set()
    while span_id is not None and span_id not in seen:
        if span_id in counted:
            return True
        seen.add(span_id)
        span_id = parents.get(span_id)
    return False


def _sum(counts: list[int | None]) -> int | None:
    recorded = [count for count in counts if count is not None]
    return sum(recorded) if recorded else None
