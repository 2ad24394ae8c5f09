"""Reads recorded values: their texts, whether two are equal, whether they say anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct, field

from tracegloss.recorded import JsonValue, RecordedValue
from tracegloss.reveal import reveal
from tracegloss.tree import SpanTree

# A tuple of types is asked several times faster than a union; decoded JSON objects are dicts.
_SCALARS: Final = (str, int, float)
_MAPPINGS: Final = (dict, Mapping)
_SORTED: Final = json.JSONEncoder(sort_keys=True, default=str)


def members(value: JsonValue) -> Sequence[JsonValue]:
    """Return the items of a list or the values of a mapping, nothing for scalars."""
    if value is None or isinstance(value, _SCALARS):
        return ()
    if isinstance(value, _MAPPINGS):
        return tuple(value.values())
    return value


def leaves(value: JsonValue) -> Iterator[JsonValue]:
    """Yield the scalars of a value, in order."""
    if value is None or isinstance(value, _SCALARS):
        yield value
        return
    waiting: list[JsonValue] = [value]
    while waiting:
        current = waiting.pop()
        if current is None or isinstance(current, _SCALARS):
            yield current
        else:
            waiting.extend(reversed(members(current)))


def texts(value: JsonValue) -> Iterator[str]:
    """Yield the strings of a value, in order; names of mappings are not among them."""
    return (leaf for leaf in leaves(value) if isinstance(leaf, str))


def all_text(value: JsonValue) -> str:
    """Write all scalars of a value as one text, a line each, to search in."""
    return "\n".join(leaf if isinstance(leaf, str) else json.dumps(leaf) for leaf in leaves(value))


def canonical(recorded: RecordedValue | None) -> str | None:
    """Write a value so that equal values are equal texts; `None` when nothing was recorded."""
    if recorded is None:
        return None
    try:
        return _SORTED.encode(reveal(recorded))
    except (RecursionError, TypeError, ValueError):
        return None


def says_something(recorded: RecordedValue | None) -> bool:
    """Tell whether a value holds any scalar but null."""
    return recorded is not None and any(
        leaf is not None and leaf != "" for leaf in leaves(reveal(recorded))
    )


class OutputTexts(Struct, frozen=True):
    """The text of each span's output, written when first asked for."""

    tree: SpanTree
    _known: dict[str, str] = field(default_factory=dict)

    def of(self, span_id: str) -> str:
        """Return everything a span's output says, a line for each scalar."""
        known = self._known.get(span_id)
        if known is None:
            outputs = self.tree.spans[span_id].outputs
            known = "" if outputs is None else all_text(reveal(outputs))
            self._known[span_id] = known
        return known
