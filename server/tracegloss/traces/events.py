"""Events of a span: exceptions with their parsed stacks, links, and everything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from tracegloss.model.trace import Event, Link, SpanException, TracebackBlock
from tracegloss.recorded import JsonValue, Recorded
from tracegloss.reveal import reveal
from tracegloss.traces.attributes import plain_attributes
from tracegloss.traces.fields import first, items, mapping, nanoseconds, text
from tracegloss.traces.ids import span_id_of, trace_id_of
from tracegloss.traces.json_bytes import without_surrogates

_TIMES = ("time_unix_nano", "timestamp", "timeUnixNano")
_MICROSECONDS = (10**14, 10**17)
"""Numbers in this range are microseconds: MLflow 2 wrote its own events' times so."""


def decode_events(raw: JsonValue) -> tuple[Event, ...]:
    """Decode a span's events in recorded order; entries that are no objects are left out."""
    return tuple(_event(entry) for entry in items(raw) if isinstance(entry, dict))


def _event(raw: Mapping[str, JsonValue]) -> Event:
    attributes = without_surrogates(plain_attributes(raw.get("attributes")))
    return Event(
        Recorded(text(raw.get("name")) or ""), _event_time(raw), Recorded(mapping(attributes))
    )


def _event_time(raw: Mapping[str, JsonValue]) -> int | None:
    moment = nanoseconds(first(raw, _TIMES))
    if moment is not None and _MICROSECONDS[0] <= moment < _MICROSECONDS[1]:
        return moment * 1000
    return moment


def decode_exception(
    event: Event, blocks_of: Callable[[str], tuple[TracebackBlock, ...]]
) -> SpanException | None:
    """Read an OpenTelemetry `exception` event, its stack with `blocks_of`; others are none.

    Type and message missing from the event are taken from the printed traceback.
    """
    if reveal(event.name) != "exception":
        return None
    attributes = reveal(event.attributes)
    stack = text(attributes.get("exception.stacktrace")) or ""
    blocks = blocks_of(stack)
    kind = text(attributes.get("exception.type"))
    message = text(attributes.get("exception.message"))
    return SpanException(
        type=Recorded(kind or "") if kind or not blocks else blocks[-1].type,
        message=Recorded(message or "") if message or not blocks else blocks[-1].message,
        blocks=_without_notes(blocks, message) if message and blocks else blocks,
        stack_text=Recorded(stack),
        time_ns=event.time_ns,
    )


def _without_notes(blocks: tuple[TracebackBlock, ...], message: str) -> tuple[TracebackBlock, ...]:
    """Take notes off the last message: a traceback prints them below it (PEP 678).

    LangGraph adds one in each graph an exception passes through, which stays the same exception.
    """
    *before, last = blocks
    if not reveal(last.message).startswith(f"{message}\n"):
        return blocks
    return *before, replace(last, message=Recorded(message))


def decode_links(raw: JsonValue) -> tuple[Link, ...]:
    """Decode links to other traces; one without a readable trace id is left out."""
    return tuple(link for entry in items(raw) if (link := _link(mapping(entry))) is not None)


def _link(raw: Mapping[str, JsonValue]) -> Link | None:
    trace_id = trace_id_of(first(raw, ("trace_id", "traceId")))
    span_id, _ = span_id_of(first(raw, ("span_id", "spanId")))
    return None if trace_id is None else Link(Recorded(trace_id), Recorded(span_id or ""))
