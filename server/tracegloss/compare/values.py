"""What differs between two recorded values, member by member, after both were redacted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

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
    if _is_same(before, after):
        return
    both = before, after
    if len(path) >= _DEEPEST or isinstance(before, Absent) or isinstance(after, Absent):
        yield ValueChange(path, *both)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from _changes(before.get(key, ABSENT), after.get(key, ABSENT), (*path, key))
    elif _is_list(before) and _is_list(after):
        assert isinstance(before, Sequence)
        assert isinstance(after, Sequence)
        for number in range(max(len(before), len(after))):
            yield from _changes(_item(before, number), _item(after, number), (*path, number))
    else:
        yield ValueChange(path, *both)


def _is_same(before: JsonValue | Absent, after: JsonValue | Absent) -> bool:
    return type(before) is type(after) and before == after


def _is_list(value: JsonValue) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _item(values: Sequence[JsonValue], number: int) -> JsonValue | Absent:
    return values[number] if number < len(values) else ABSENT
