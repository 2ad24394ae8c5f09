"""The three layouts spans are recorded in, and which trace a recorded span belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from tracegloss.recorded import JsonValue
from tracegloss.traces.fields import mapping
from tracegloss.traces.ids import safe_trace_id, trace_id_of
from tracegloss.traces.json_bytes import decode_attribute

RawSpan: TypeAlias = Mapping[str, JsonValue]


class Layout(Struct, frozen=True):
    """What a layout calls a span's members; `known` are all it defines, used or not."""

    span_id: str
    parent_id: str
    trace_id: str
    start: str
    end: str
    known: frozenset[str]


_EVERYWHERE = frozenset({"name", "status", "events", "links", "attributes"})

CURRENT = Layout(
    "span_id",
    "parent_span_id",
    "trace_id",
    "start_time_unix_nano",
    "end_time_unix_nano",
    _EVERYWHERE
    | {"span_id", "parent_span_id", "trace_id", "start_time_unix_nano", "end_time_unix_nano"}
    | {"trace_state", "flags"},
)
OLD = Layout(
    "span_id",
    "parent_id",
    "trace_id",
    "start_time",
    "end_time",
    _EVERYWHERE
    | {"context", "span_id", "trace_id", "parent_id", "start_time", "end_time"}
    | {"status_code", "status_message"},
)
OTLP = Layout(
    "spanId",
    "parentSpanId",
    "traceId",
    "startTimeUnixNano",
    "endTimeUnixNano",
    _EVERYWHERE
    | {"spanId", "parentSpanId", "traceId", "startTimeUnixNano", "endTimeUnixNano", "traceState"}
    | {"flags", "droppedAttributesCount", "droppedEventsCount", "droppedLinksCount"},
)


def layout_of(raw: RawSpan) -> Layout:
    """Tell MLflow 3's layout, MLflow 2's (ids in `context`), and OTLP's (camel case) apart."""
    if "start_time_unix_nano" in raw:
        return CURRENT
    if "spanId" in raw or "startTimeUnixNano" in raw:
        return OTLP
    if "context" in raw or "start_time" in raw or "parent_id" in raw:
        return OLD
    return CURRENT


def ids_of(raw: RawSpan) -> RawSpan:
    """Return the object that holds a span's own ids: itself, or MLflow 2's `context`."""
    context = raw.get("context")
    return context if isinstance(context, dict) else raw


def is_span(value: JsonValue) -> bool:
    """Tell whether a JSON value looks like a span of any layout."""
    if not isinstance(value, dict):
        return False
    has_id = "span_id" in value or "spanId" in value or isinstance(value.get("context"), dict)
    return has_id and ("name" in value or "attributes" in value or "status" in value)


def span_trace_id(raw: RawSpan) -> str | None:
    """Read the trace a span belongs to: MLflow's own id when recorded, else OpenTelemetry's."""
    own = mapping(raw.get("attributes")).get("mlflow.traceRequestId")
    decoded = decode_attribute(own) if isinstance(own, str) else None
    if isinstance(decoded, str) and decoded:
        return safe_trace_id(decoded)
    return trace_id_of(ids_of(raw).get(layout_of(raw).trace_id))
