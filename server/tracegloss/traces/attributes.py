"""Attributes of spans and events in their three encodings, decoded to plain values."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from tracegloss.recorded import JsonValue
from tracegloss.traces.fields import items, mapping, whole_number
from tracegloss.traces.json_bytes import decode_attribute, printable_text

MOST_LEVELS = 100
SHORT = 1000
_LISTS = ("array_value", "arrayValue")
_OBJECTS = ("kvlist_value", "kvlistValue")
_PLAIN = ("string_value", "stringValue", "bool_value", "boolValue", "double_value", "doubleValue")
_INTEGERS = ("int_value", "intValue")
_BYTES = ("bytes_value", "bytesValue")


class JsonTexts(dict[str, JsonValue]):
    """Decoded attribute texts; looking one up decodes it.

    Texts up to `SHORT` characters (types, function names, levels, equal inputs and outputs) repeat
    in many spans and are decoded once: decoded values are never changed, so spans may share them.
    """

    def __missing__(self, written: JsonValue) -> JsonValue:
        """Decode a text met for the first time; what is no text is itself."""
        if not isinstance(written, str):
            return written
        value = decode_attribute(written)
        if len(written) <= SHORT:
            self[written] = value
        return value


def json_attributes(raw: Mapping[str, JsonValue], texts: JsonTexts) -> dict[str, JsonValue]:
    """Decode an object whose values are JSON text (MLflow's own writing); others stay."""
    try:
        return {key: texts[value] for key, value in raw.items()}  # type: ignore[index]
    except TypeError:  # a list or an object is no key
        return {
            key: texts[value] if isinstance(value, str) else value for key, value in raw.items()
        }


def listed_attributes(raw: JsonValue) -> dict[str, JsonValue]:
    """Decode OpenTelemetry's list of `{key, value: {stringValue}}`, in either spelling.

    MLflow's own attributes are JSON text even there when a client exported them over OTLP, and
    decoded already when the tracking server wrote them.
    """
    decoded: dict[str, JsonValue] = {}
    for entry in items(raw):
        key = mapping(entry).get("key")
        if isinstance(key, str):
            value = _value(mapping(entry).get("value"), MOST_LEVELS)
            if isinstance(value, str) and key.startswith("mlflow."):
                value = decode_attribute(value)
            decoded[printable_text(key)] = value
    return decoded


def plain_attributes(raw: JsonValue) -> dict[str, JsonValue]:
    """Decode an event's or link's attributes: an object of plain values, or a list of pairs."""
    return dict(raw) if isinstance(raw, dict) else listed_attributes(raw)


def _value(raw: JsonValue, levels: int) -> JsonValue:
    """Decode one `AnyValue`; an empty one is null, one of no known kind stays as it is."""
    if not isinstance(raw, dict):
        return raw
    if not raw or levels == 0:
        return None
    kind = next(iter(raw))
    content: JsonValue = raw[kind]
    if kind in _LISTS:
        return [_value(item, levels - 1) for item in items(mapping(content).get("values"))]
    if kind in _OBJECTS:
        return _object(content, levels - 1)
    if kind in _PLAIN:
        return content
    if kind in _INTEGERS:
        return _integer(content)
    return _bytes(content) if kind in _BYTES else raw


def _object(content: JsonValue, levels: int) -> dict[str, JsonValue]:
    entries = [mapping(entry) for entry in items(mapping(content).get("values"))]
    return {str(entry.get("key")): _value(entry.get("value"), levels) for entry in entries}


def _integer(value: JsonValue) -> JsonValue:
    read = whole_number(value)
    return value if read is None else read


def _bytes(value: JsonValue) -> JsonValue:
    """Show bytes as MLflow does: as the text they are, when they are text."""
    try:
        return str(base64.b64decode(str(value), validate=True).decode())
    except ValueError:
        return value
