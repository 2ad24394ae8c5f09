"""One recorded span in any of its layouts to a `Span`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from tracegloss.model.trace import Event, Span, SpanException, SpanStatus, TracebackBlock
from tracegloss.recorded import JsonValue, Recorded, RecordedText, RecordedValue
from tracegloss.reveal import reveal
from tracegloss.traces import dialects
from tracegloss.traces.attributes import JsonTexts, json_attributes, listed_attributes
from tracegloss.traces.events import decode_events, decode_exception, decode_links
from tracegloss.traces.fields import closed, mapping, nanoseconds
from tracegloss.traces.ids import digest, span_id_of
from tracegloss.traces.json_bytes import printable_text
from tracegloss.traces.problems import ProblemLog
from tracegloss.traces.span_layout import Layout, RawSpan, ids_of, layout_of
from tracegloss.traces.stack import traceback_blocks

MOST_LAYOUTS = 100
_STATUS: Mapping[str | int, SpanStatus] = {
    "OK": SpanStatus.OK,
    "ERROR": SpanStatus.ERROR,
    "UNSET": SpanStatus.UNSET,
    "STATUS_CODE_OK": SpanStatus.OK,
    "STATUS_CODE_ERROR": SpanStatus.ERROR,
    "STATUS_CODE_UNSET": SpanStatus.UNSET,
    0: SpanStatus.UNSET,
    1: SpanStatus.OK,
    2: SpanStatus.ERROR,
}


class _ClosedTexts(dict[str, RecordedText]):
    """Closed texts by what they hold; equal texts share one."""

    def __missing__(self, written: str) -> RecordedText:
        made = self[written] = Recorded(printable_text(written))
        return made


class SpanDecoder:
    """Decodes the spans of one trace.

    What repeats is looked at once: layouts (by the members in order), ids, short values, names,
    printed stacks. What nearly every span has right is checked in place.
    """

    def __init__(self, problems: ProblemLog, fallback_start_ns: Callable[[], int]) -> None:
        self._problems = problems
        self._fallback_start_ns = fallback_start_ns
        self._texts = _ClosedTexts()
        self._ids: dict[str, str] = {}
        self._layouts: dict[tuple[str, ...], tuple[Layout, tuple[str, ...]]] = {}
        self._json = JsonTexts()
        self._stacks: dict[str, tuple[TracebackBlock, ...]] = {}

    def decode(self, raw: RawSpan, position: int, service: RecordedText | None) -> Span:
        """Decode one span; broken members become problems, unknown ones become attributes."""
        layout, unknown = self._layout(raw)
        span_id = self._id(ids_of(raw).get(layout.span_id), "span-id", "") or self._no_id(position)
        recorded = raw.get("attributes")
        if isinstance(recorded, dict) and not unknown:
            attributes = json_attributes(recorded, self._json)
        else:
            attributes = self._attributes(recorded, raw, unknown)
        events = decode_events(raw["events"]) if raw.get("events") else ()
        status, message = self._status(raw, span_id)
        start_ns, end_ns = raw.get(layout.start), raw.get(layout.end)
        if type(start_ns) is not int or type(end_ns) is not int or not 0 < start_ns <= end_ns:
            start_ns, end_ns = self._times(start_ns, end_ns, span_id)
        inputs = outputs = None
        if "mlflow.spanInputs" in attributes:
            inputs = Recorded(attributes["mlflow.spanInputs"])
        if "mlflow.spanOutputs" in attributes:
            outputs = Recorded(attributes["mlflow.spanOutputs"])
        kind, usage = attributes.get("mlflow.spanType"), attributes.get("mlflow.chat.tokenUsage")
        tokens = None if usage is None else dialects.mlflow_tokens(usage)
        cost, model = attributes.get("mlflow.llm.cost"), attributes.get("mlflow.llm.model")
        if not dialects.KEYS.isdisjoint(attributes):
            kind = _kind(kind, attributes)
            inputs = inputs or _recorded(dialects.dialect_inputs(attributes))
            outputs = outputs or _recorded(dialects.dialect_outputs(attributes))
            tokens = tokens or dialects.dialect_tokens(attributes)
            model = model or dialects.dialect_model(attributes)
        if events:
            inputs = inputs or _in_events("inputs", events)
            outputs = outputs or _in_events("outputs", events)
        if model is None and inputs is not None and kind in dialects.MODEL_CALLS:
            model = mapping(reveal(inputs)).get("model")
        return Span(
            span_id,
            self._id(raw.get(layout.parent_id), "parent-id", span_id),
            self._shared(raw.get("name") or None) or self._no_name(span_id),
            self._shared(kind),
            status,
            message,
            start_ns,
            end_ns,
            self._shared(attributes.get("mlflow.spanFunctionName")),
            inputs,
            outputs,
            Recorded(attributes),
            self._exceptions(events) if events else (),
            events,
            decode_links(raw["links"]) if raw.get("links") else (),
            tokens,
            None if cost is None else dialects.total_cost(cost),
            self._shared(model),
            service or self._shared(attributes.get("service.name")),
        )

    def _layout(self, raw: RawSpan) -> tuple[Layout, tuple[str, ...]]:
        """Return a span's layout and the members it does not define, known by earlier spans."""
        members = tuple(raw)
        found = self._layouts.get(members)
        if found is None:
            layout = layout_of(raw)
            found = layout, tuple(member for member in members if member not in layout.known)
            if len(self._layouts) < MOST_LAYOUTS:
                self._layouts[members] = found
        return found

    def _id(self, written: JsonValue, code: str, span_id: str) -> str | None:
        if written is None:
            return None
        known = self._ids.get(written) if isinstance(written, str) else None
        return known or self._new_id(written, code, span_id)

    def _new_id(self, written: JsonValue, code: str, span_id: str) -> str | None:
        found, is_id = span_id_of(written)
        if not is_id:
            self._problems.add(
                code, "an id is not 8 bytes; a digest stands for it", span_id or found
            )
        elif found is not None and isinstance(written, str):
            self._ids[written] = found
        return found

    def _no_id(self, position: int) -> str:
        made = digest(f"span {position}")
        self._problems.add("span-id", "a span has no id", made)
        return made

    def _attributes(
        self, recorded: JsonValue, raw: RawSpan, unknown: tuple[str, ...]
    ) -> dict[str, JsonValue]:
        if isinstance(recorded, dict):
            attributes = json_attributes(recorded, self._json)
        else:
            attributes = listed_attributes(recorded)
        for key in unknown:
            if raw[key] is not None:
                attributes.setdefault(key, raw[key])
        return attributes

    def _status(self, raw: RawSpan, span_id: str) -> tuple[SpanStatus, RecordedText | None]:
        recorded = raw.get("status")
        if isinstance(recorded, dict):
            code, message = recorded.get("code"), recorded.get("message")
        else:
            code, message = raw.get("status_code", recorded), raw.get("status_message")
        status = _STATUS.get(code) if isinstance(code, str | int) else None
        if status is None:
            status = SpanStatus.UNSET
            if code is not None:
                self._problems.add("span-status", "a span's status is unknown", span_id)
        return status, closed(message) if message else None

    def _times(self, start: JsonValue, end: JsonValue, span_id: str) -> tuple[int, int | None]:
        start_ns = nanoseconds(start)
        if start_ns is None:
            self._problems.add("span-start", "a span's start time is missing or no time", span_id)
            start_ns = self._fallback_start_ns()
        end_ns = nanoseconds(end) if end else None
        if end_ns is None and end not in (None, 0, "", "0"):
            self._problems.add("span-end", "a span's end time is no time", span_id)
        return start_ns, end_ns or None

    def _no_name(self, span_id: str) -> RecordedText:
        self._problems.add("span-name", "a span has no name", span_id)
        return Recorded("")

    def _shared(self, value: JsonValue) -> RecordedText | None:
        return self._texts[value] if isinstance(value, str) else None

    def _exceptions(self, events: tuple[Event, ...]) -> tuple[SpanException, ...]:
        read = (decode_exception(event, self._blocks) for event in events)
        return tuple(exception for exception in read if exception is not None)

    def _blocks(self, stack: str) -> tuple[TracebackBlock, ...]:
        blocks = self._stacks.get(stack)
        if blocks is None:
            blocks = self._stacks[stack] = traceback_blocks(stack)
        return blocks


def _kind(recorded: JsonValue, attributes: Mapping[str, JsonValue]) -> JsonValue:
    """Replace a span type that says nothing, as MLflow does on load; any other one stays."""
    is_empty = recorded is None or recorded in ("UNKNOWN", "None", "")
    return (dialects.dialect_type(attributes) or recorded) if is_empty else recorded


def _recorded(found: tuple[JsonValue] | None) -> RecordedValue | None:
    return None if found is None else Recorded(found[0])


def _in_events(
    side: Literal["inputs", "outputs"], events: tuple[Event, ...]
) -> RecordedValue | None:
    for event in events:
        found = dialects.event_content(side, reveal(event.name), reveal(event.attributes))
        if found is not None:
            return Recorded(found[0])
    return None
