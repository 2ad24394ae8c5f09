"""What differs between two recorded values, member by member, after both were redacted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from tracegloss.compare.volatile import steady, steady_members
from tracegloss.recorded import JsonValue

MOST_CHANGES = 1_000
_DEEPEST = 12


class Absent(Struct, frozen=True):
    """A member that one of the two values lacks."""


ABSENT = Absent()


class ValueChange(Struct, frozen=True):
    """One member that differs; `path` leads to it by keys and 0-based positions."""

    path: tuple[str | int, ...]
    before: JsonValue | Absent
    after: JsonValue | Absent


def value_changes(before: JsonValue | Absent, after: JsonValue | Absent) -> list[ValueChange]:
    """List what differs, in the order of the members of `before`, new ones last; at most 1,000.

    Members of objects correspond by key, items of lists by position; texts are compared whole.
    """
    found: list[ValueChange] = []
    for change in _changes(before, after, ()):
        found.append(change)
        if len(found) >= MOST_CHANGES:
            break
    return found


def _changes(
    before: JsonValue | Absent, after: JsonValue | Absent, path: tuple[str | int, ...]
) -> Iterator[ValueChange]:
    is_deep = len(path) >= _DEEPEST
    if isinstance(before, Mapping) and isinstance(after, Mapping) and not is_deep:
        old, new = steady_members(before), steady_members(after)
        for key in dict.fromkeys((*old, *new)):
            yield from _changes(old.get(key, ABSENT), new.get(key, ABSENT), (*path, key))
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple) and not is_deep:
        for number in range(max(len(before), len(after))):
            yield from _changes(_item(before, number), _item(after, number), (*path, number))
    elif not _is_same(before, after):
        yield ValueChange(path, before, after)


def _is_same(before: JsonValue | Absent, after: JsonValue | Absent) -> bool:
    if isinstance(before, str) and isinstance(after, str):
        return before == after or steady(before) == steady(after)
    return type(before) is type(after) and before == after


def _item(values: Sequence[JsonValue], number: int) -> JsonValue | Absent:
    return values[number] if number < len(values) else ABSENT
