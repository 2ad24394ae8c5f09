"""Tags and metadata: string maps, however they were written."""

from __future__ import annotations

import msgspec

from tracegloss.recorded import JsonValue
from tracegloss.traces.fields import items, mapping
from tracegloss.traces.json_bytes import printable_text


def labels(raw: JsonValue) -> dict[str, str]:
    """Read an object, or MLflow 2's list of `{key, value}`; values that are no text become JSON."""
    if isinstance(raw, dict):
        return {printable_text(key): label(value) for key, value in raw.items()}
    pairs = [mapping(entry) for entry in items(raw)]
    return {
        printable_text(key): label(pair.get("value"))
        for pair in pairs
        if isinstance(key := pair.get("key"), str)
    }


def label(value: JsonValue) -> str:
    """Write one value as the text a tag holds; null is empty."""
    if isinstance(value, str):
        return printable_text(value)
    return "" if value is None else msgspec.json.encode(value).decode()
