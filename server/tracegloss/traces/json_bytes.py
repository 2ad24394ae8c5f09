"""JSON bytes of unknown origin to plain values: fast where JSON is strict, lenient where it is not.

msgspec decodes; what it refuses and other writers produce (NaN, lone surrogates, huge numbers, a
byte order mark, UTF-16) goes through the standard library. Why msgspec: docs/sources.md.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from tracegloss.recorded import JsonValue

LARGE = 1_000_000
DEEPEST = 200
"""Values nested deeper than this stay text: whoever walks a value may then recurse."""

_DECODER: msgspec.json.Decoder[JsonValue] = msgspec.json.Decoder()
decode_strict = _DECODER.decode


@contextmanager
def collection_paused(size: int) -> Iterator[None]:
    """Keep the cyclic collector off while a document of `size` bytes becomes a trace.

    Decoding makes a million objects and not one cycle. After a large document they are frozen, or
    the collector would walk them all as soon as it is back; reference counts still free them.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if size >= LARGE:
                gc.freeze()
            gc.enable()


def decode_document(data: bytes) -> JsonValue:
    """Decode one JSON document; raises `ValueError` (with a position) or `RecursionError`."""
    try:
        return decode_strict(data)
    except (ValueError, msgspec.MsgspecError):
        return decode_lenient(text_of(data))


def decode_lenient(text: str) -> JsonValue:
    """Decode with the standard library; NaN and infinities pass, lone surrogates become U+FFFD."""
    value: JsonValue = json.loads(text)
    return without_surrogates(value) if "\\ud" in text or "\\uD" in text else value


def decode_documents(text: str) -> Iterator[JsonValue | ValueError]:
    """Yield the values of JSON lines or of documents written one after another.

    What cannot be read comes as the `ValueError` it raised, and reading goes on with the next line.
    """
    decoder = json.JSONDecoder()
    position = 0
    while (position := _skip_blank(text, position)) < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
            yield without_surrogates(value)
        except ValueError as error:
            yield error
            line_end = text.find("\n", position)
            position = len(text) if line_end < 0 else line_end + 1


def decode_attribute(text: str) -> JsonValue:
    """Decode an attribute's value; text that is no JSON, or nested too deep, stays text.

    MLflow writes every attribute as JSON text (`json.dumps`) and reads it back the same way; values
    that came over OTLP may be plain.
    """
    try:
        value = decode_strict(text)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        return _decode_odd(text)
    if len(text) > 2 * DEEPEST and _may_be_deep(text) and not depth_at_most(value, DEEPEST):
        return text
    return value


def _decode_odd(text: str) -> JsonValue:
    if not text or text[0] not in '[{"-NI0123456789':
        return printable_text(text)
    try:
        value = decode_lenient(text)
    except (ValueError, RecursionError):
        return printable_text(text)
    return value if depth_at_most(value, DEEPEST) else printable_text(text)


def _may_be_deep(text: str) -> bool:
    return text.count("[") + text.count("{") > DEEPEST


def depth_at_most(value: JsonValue, limit: int) -> bool:
    """Tell whether a value's lists and objects are nested at most `limit` deep."""
    level: list[JsonValue] = [value]
    for _ in range(limit + 1):
        deeper: list[JsonValue] = []
        for item in level:
            if isinstance(item, dict):
                deeper.extend(item.values())
            elif isinstance(item, list):
                deeper.extend(item)
        if not deeper:
            return True
        level = [item for item in deeper if isinstance(item, dict | list)]
        if not level:
            return True
    return False


def printable_text(text: str) -> str:
    """Replace lone surrogates, which no encoding can write, by U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def without_surrogates(value: JsonValue) -> JsonValue:
    """Return the value with every text in it writable as UTF-8."""
    if isinstance(value, str):
        return printable_text(value)
    if isinstance(value, dict):
        return {printable_text(key): without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_surrogates(item) for item in value]
    return value


def text_of(data: bytes) -> str:
    """Decode JSON bytes as UTF-8, or as the UTF-16 or UTF-32 their first bytes show.

    Bytes that are wrong in their encoding become U+FFFD.
    """
    return data.decode(json.detect_encoding(data), "replace")


def _skip_blank(text: str, position: int) -> int:
    end = len(text)
    while position < end and text[position] in " \t\r\n\x1e,":
        position += 1
    return position
