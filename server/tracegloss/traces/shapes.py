"""Which of the recorded JSON shapes a document has, and the pieces of traces in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from tracegloss.recorded import JsonValue
from tracegloss.traces.attributes import listed_attributes
from tracegloss.traces.fields import items, mapping, text
from tracegloss.traces.json_bytes import decode_attribute
from tracegloss.traces.labels import label
from tracegloss.traces.span_layout import RawSpan, is_span, span_trace_id

MOST_LEVELS = 5
"""How deep traces may lie in lists and envelopes before a document counts as something else."""

_INFO_IDS = ("trace_id", "request_id")
_INFO_SIGNS = frozenset(
    {"trace_location", "trace_metadata", "request_metadata", "request_time", "timestamp_ms"}
    | {"execution_duration", "execution_time_ms", "state"}
)


class RawPiece(Struct, frozen=True):
    """Spans that belong together, with their trace's info when the document has one.

    `unreadable` counts members of the list of spans that are no objects.
    """

    info: Mapping[str, JsonValue] | None
    trace_id: str | None
    spans: tuple[RawSpan, ...] = ()
    resource: Mapping[str, str] = field(default_factory=dict)
    unreadable: int = 0


def pieces_of(document: JsonValue, levels: int = MOST_LEVELS) -> Iterator[RawPiece]:
    """Yield what a document holds, in its order; nothing when it is no trace in a known shape."""
    if isinstance(document, list):
        yield from _in_list(document, levels)
    elif isinstance(document, dict):
        yield from _in_object(document, levels)


def _in_list(document: list[JsonValue], levels: int) -> Iterator[RawPiece]:
    spans = [item for item in document if is_span(item)]
    if spans:
        yield from _loose(document)
    elif levels > 0:
        for item in document:
            yield from pieces_of(item, levels - 1)


def _in_object(document: Mapping[str, JsonValue], levels: int) -> Iterator[RawPiece]:
    resources = document.get("resourceSpans", document.get("resource_spans"))
    info = document.get("info", document.get("trace_info"))
    if isinstance(resources, list):
        yield from _otlp(resources)
    elif isinstance(info, dict):
        holder = mapping(document["data"]) if "data" in document else document
        yield _piece(info, None, items(holder.get("spans")))
    elif isinstance(document.get("trace"), str) and levels > 0:
        yield from pieces_of(decode_attribute(str(document["trace"])), levels - 1)
    elif isinstance(document.get("trace"), dict | list) and levels > 0:
        yield from pieces_of(document["trace"], levels - 1)
    elif isinstance(document.get("traces"), list) and levels > 0:
        yield from _in_list(items(document["traces"]), levels - 1)
    elif is_span(document):
        yield _piece(None, span_trace_id(document), [dict(document)])
    elif _is_info(document):
        yield _piece(document, None, items(document.get("spans")))
    elif isinstance(document.get("spans"), list):
        yield from _loose(items(document["spans"]))


def _is_info(document: Mapping[str, JsonValue]) -> bool:
    has_id = any(isinstance(document.get(name), str) for name in _INFO_IDS)
    return has_id and not _INFO_SIGNS.isdisjoint(document)


def _piece(
    info: Mapping[str, JsonValue] | None,
    trace_id: str | None,
    spans: list[JsonValue],
    resource: Mapping[str, str] | None = None,
) -> RawPiece:
    objects = tuple(span for span in spans if isinstance(span, dict))
    return RawPiece(info, trace_id, objects, resource or {}, len(spans) - len(objects))


def _loose(spans: list[JsonValue], resource: Mapping[str, str] | None = None) -> Iterator[RawPiece]:
    """Part a bare list of spans by the trace each belongs to; strays go with the first."""
    by_trace: dict[str | None, list[JsonValue]] = {}
    for span in spans:
        trace_id = span_trace_id(span) if isinstance(span, dict) else None
        by_trace.setdefault(trace_id, []).append(span)
    strays = by_trace.pop(None, [])
    if strays and by_trace:
        by_trace[next(iter(by_trace))].extend(strays)
    elif strays or not spans:
        by_trace[None] = strays
    for trace_id, members in by_trace.items():
        yield _piece(None, trace_id, members, resource)


def _otlp(resources: list[JsonValue]) -> Iterator[RawPiece]:
    for entry in resources:
        resource = mapping(entry)
        tags = _resource_tags(mapping(resource.get("resource")))
        scopes = resource.get("scopeSpans", resource.get("instrumentationLibrarySpans"))
        spans = [
            span
            for scope in items(resource.get("scope_spans", scopes))
            for span in items(mapping(scope).get("spans"))
        ]
        yield from _loose(spans, tags)


def _resource_tags(resource: Mapping[str, JsonValue]) -> dict[str, str]:
    """Give a resource's attributes as MLflow keeps them: as tags, without the telemetry SDK's."""
    attributes = listed_attributes(resource.get("attributes"))
    return {
        key: text(value) or label(value)
        for key, value in attributes.items()
        if not key.startswith(("telemetry.sdk.", "mlflow."))
    }
