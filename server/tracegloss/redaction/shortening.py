"""Takes the beginning of a large recorded value, so that redacting a sample of it stays cheap."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from msgspec import Struct

from tracegloss.recorded import JsonValue

MOST_ITEMS = 10
MOST_VALUES = 1_000
MOST_TEXT = 10_000


class LeftOut(Struct):
    """How much of a value is missing: items of lists, members of objects, characters of texts."""

    items: int = 0
    characters: int = 0

    def __bool__(self) -> bool:
        """Tell whether anything is missing."""
        return bool(self.items or self.characters)


def shortened(value: JsonValue, context: int) -> tuple[JsonValue, LeftOut]:
    """Keep 10 items of each list and object, 10,000 characters of each text, 1,000 values in all.

    Each text keeps `context` characters more, for a redaction that has to see them.
    """
    left_out = LeftOut()
    return _kept(value, MOST_TEXT + context, left_out, [MOST_VALUES]), left_out


def cut_texts(value: JsonValue) -> JsonValue:
    """Cut the texts of a redacted value to their 10,000 characters."""
    if isinstance(value, str):
        return value[:MOST_TEXT]
    if isinstance(value, Mapping):
        return {name: cut_texts(item) for name, item in value.items()}
    if value is None or isinstance(value, bool | int | float):
        return value
    return [cut_texts(item) for item in value]


def _kept(value: JsonValue, room: int, left_out: LeftOut, budget: list[int]) -> JsonValue:
    budget[0] -= 1
    if isinstance(value, str):
        left_out.characters += max(0, len(value) - room)
        return value[:room]
    if value is None or isinstance(value, bool | int | float):
        return value
    number = min(MOST_ITEMS, max(0, budget[0]))
    left_out.items += max(0, len(value) - number)
    if isinstance(value, Mapping):
        members = islice(value.items(), number)
        return {name: _kept(item, room, left_out, budget) for name, item in members}
    return [_kept(item, room, left_out, budget) for item in islice(value, number)]
