"""Recorded values held against the shapes that source gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracegloss.model.outcome import Fields, Just, Made, Row, Scalar, Shape, Untold, Worded
from tracegloss.recorded import JsonValue

CANNOT = -1_000
"""What a value is worth that a shape rules out."""

TELLING = 2
"""What a value must be worth to say anything for a shape."""

_LONG_WORD = 3


def fit(shape: Shape, value: JsonValue) -> int:
    """Weigh how much of a value a shape foretells; `CANNOT` where it rules the value out."""
    match shape:
        case Untold() | Made():
            return 0
        case Just(literal):
            return worth(literal) if is_same(literal, value) else CANNOT
        case Worded(pieces):
            return _worded(pieces, value)
        case Fields():
            return _fields(shape, value)
        case Row(items):
            return _row(items, value)


def worth(literal: Scalar) -> int:
    """Weigh what an equal literal says: words much, numbers little, flags nothing."""
    if literal is None or isinstance(literal, bool) or literal in {-1, 0, 1}:
        return 0
    if isinstance(literal, str):
        return _worth_of_words(literal)
    return 1


def is_same(literal: Scalar, value: JsonValue) -> bool:
    """Tell whether a recorded value is a literal; JSON has one kind of number, and flags apart."""
    if isinstance(literal, bool) or isinstance(value, bool):
        return literal is value
    if isinstance(literal, str) != isinstance(value, str):
        return False
    return literal == value


def _worth_of_words(text: str) -> int:
    n_fixed = sum(character.isalnum() for character in text)
    return 2 if n_fixed >= _LONG_WORD else min(n_fixed, 1)


def _worded(pieces: tuple[str, ...], value: JsonValue) -> int:
    if not isinstance(value, str):
        return CANNOT
    first, *middle, last = pieces if len(pieces) > 1 else (*pieces, "")
    if not value.startswith(first) or not value.endswith(last):
        return CANNOT
    start, end = len(first), len(value) - len(last)
    for piece in middle:
        found = value.find(piece, start, end)
        if found < 0:
            return CANNOT
        start = found + len(piece)
    return CANNOT if start > end else _worth_of_words("".join(pieces))


def _fields(shape: Fields, value: JsonValue) -> int:
    if not isinstance(value, Mapping):
        # MLflow writes down as text what it cannot write as JSON.
        return 0 if isinstance(value, str) or not shape.sure else CANNOT
    keys = {key for key, _ in shape.entries}
    if not keys <= value.keys() or not (shape.more or keys >= value.keys()):
        return CANNOT if shape.sure else 0
    fits = [fit(inner, value[key]) for key, inner in shape.entries]
    if any(each < 0 for each in fits):
        return CANNOT if shape.sure else 0
    # Twins mostly share their keys, so that these alone tell nothing.
    return sum(fits) + min(len(keys), 1)


def _row(items: tuple[Shape, ...], value: JsonValue) -> int:
    if isinstance(value, str):
        return 0
    if not isinstance(value, Sequence) or len(value) > len(items):
        return CANNOT
    if len(value) < len(items):  # a set holds equal ones once
        return 0
    fits = [fit(inner, each) for inner, each in zip(items, value, strict=True)]
    if all(each >= 0 for each in fits):
        return sum(fits)
    # A set has no order.
    found = all(any(fit(inner, each) >= 0 for each in value) for inner in items)
    return 0 if found else CANNOT
