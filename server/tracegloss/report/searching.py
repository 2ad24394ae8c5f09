"""Finds a text in what spans recorded, as far as redaction lets it be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from tracegloss.model.trace import Span
from tracegloss.recorded import JsonValue
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.wording.printable import one_line

_STORED_TWICE = frozenset({"mlflow.spanInputs", "mlflow.spanOutputs"})
_BEFORE = 30


class Hit(Struct, frozen=True):
    """One recorded text that holds what was searched: where it is, and the words around it."""

    where: str
    member: str
    around: str


class SpanHits(Struct, frozen=True):
    """A span with the texts that hold what was searched."""

    span_id: str
    hits: tuple[Hit, ...]


def spans_holding(
    on_code: TraceOnCode, display: Display, text: str, room: int
) -> tuple[SpanHits, ...]:
    """Return the spans that hold a text, in order of time; upper and lower case are equal.

    Names, inputs, outputs, status messages, exceptions and attributes are searched. `room` bounds
    the columns of the words around a hit.
    """
    pattern = re.compile(re.escape(text), re.IGNORECASE)
    found = (
        SpanHits(span.span_id, tuple(_hits(span, display, pattern, room)))
        for span in on_code.trace.spans
    )
    return tuple(one for one in found if one.hits)


def _hits(span: Span, display: Display, pattern: re.Pattern[str], room: int) -> Iterator[Hit]:
    for where, member, text in _texts(span, display):
        match = pattern.search(text)
        if match is not None:
            yield Hit(where, member, _around(text, match, room))


def _texts(span: Span, display: Display) -> Iterator[tuple[str, str, str]]:
    yield "name", "", display.text(span.name)
    if span.inputs is not None:
        yield from _leaves("in", display.value(span.inputs))
    if span.outputs is not None:
        yield from _leaves("out", display.value(span.outputs))
    if span.status_message is not None:
        yield "status", "", display.text(span.status_message)
    for exception in span.exceptions:
        yield "exception", display.name(exception.type), display.text(exception.message)
    attributes = display.value(span.attributes)
    if isinstance(attributes, Mapping):
        others = {key: item for key, item in attributes.items() if key not in _STORED_TWICE}
        yield from _leaves("attribute", others)


def _leaves(where: str, value: JsonValue) -> Iterator[tuple[str, str, str]]:
    stack: list[tuple[str, JsonValue]] = [("", value)]
    while stack:
        member, current = stack.pop()
        if isinstance(current, str):
            yield where, one_line(member), current
        elif isinstance(current, Mapping):
            below = [(f"{member}.{key}" if member else str(key), v) for key, v in current.items()]
            stack.extend(reversed(below))
        elif isinstance(current, Sequence):
            stack.extend(reversed([(f"{member}[{n}]", item) for n, item in enumerate(current)]))
        elif current is not None:
            yield where, one_line(member), str(current)


def _around(text: str, match: re.Match[str], room: int) -> str:
    start = max(0, match.start() - _BEFORE)
    end = max(match.end(), start + room - 4)
    head = "… " if start else ""
    tail = " …" if end < len(text) else ""
    return f"{head}{one_line(text[start:end])}{tail}"
