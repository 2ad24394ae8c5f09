"""Values folded to text, and to the names a span may carry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import TypeAlias

from tracegloss.index.interpreter.values import (
    Argument,
    External,
    Member,
    Owners,
    Plain,
    Sequence,
    Text,
    Unknown,
    Value,
)
from tracegloss.model.site import DynamicName, LiteralName, NamePattern, SpanName

_Filling: TypeAlias = tuple[str | None, Owners]
_NOBODY: Owners = frozenset()
_MAX_NAMES = 8
_MAX_EXPRESSION = 80


def span_names(values: Iterable[Value], expression: str = "") -> tuple[SpanName, ...]:
    """Turn the values of a name argument into span names; `None` and `""` stand for no name."""
    names = [_span_name(value, expression) for value in values if not _is_nothing(value)]
    return tuple(dict.fromkeys(names))[:_MAX_NAMES]


def _is_nothing(value: Value) -> bool:
    return isinstance(value, Plain) and value.value in {None, ""}


def _span_name(value: Value, expression: str) -> SpanName:
    if isinstance(value, Plain):
        return LiteralName(str(value.value), value.origin)
    if isinstance(value, Member):
        return LiteralName(str(value.value), "constant")
    if isinstance(value, Text) and any(value.pieces):
        return NamePattern(value.pieces)
    return DynamicName((expression or _told(value))[:_MAX_EXPRESSION])


def _told(value: Value) -> str:
    if isinstance(value, Argument):
        return value.name
    if isinstance(value, Unknown):
        return value.text
    if isinstance(value, External):
        return value.dotted
    return type(value).__name__.lower()


def owners_of(values: Iterable[Value]) -> Owners:
    """Name the definitions whose parameters decide any of some values."""
    found: set[tuple[str, int]] = set()
    for value in values:
        if isinstance(value, Argument):
            found.add((value.path, value.definition))
        elif isinstance(value, Text | Unknown):
            found |= value.owners
    return frozenset(found)


def is_given(values: Iterable[Value]) -> bool:
    """Tell whether a parameter may be a name as it is, rather than a part of it."""
    return any(isinstance(v, Argument) or (isinstance(v, Unknown) and v.owners) for v in values)


def join(parts: list[str | tuple[Value, ...]]) -> tuple[Value, ...]:
    """Fold a template: fixed texts, and holes with all the values each may have."""
    choices = [_fillings((Plain(p),) if isinstance(p, str) else p) for p in parts]
    folded = [_fold(combination) for combination in _bounded(choices)]
    return tuple(dict.fromkeys(folded))


def _fillings(values: tuple[Value, ...]) -> list[_Filling]:
    found: list[_Filling] = [
        (as_text(value), owners_of([value]))
        for value in values
        if not (isinstance(value, Plain) and value.value is None)
    ]
    return list(dict.fromkeys(found)) or [(None, _NOBODY)]


def _bounded(
    choices: list[list[_Filling]],
) -> Iterable[tuple[_Filling, ...]]:
    n_combinations = 1
    for choice in choices:
        n_combinations *= len(choice)
    if n_combinations > _MAX_NAMES:
        choices = [c if len(c) == 1 else [(None, _everybody(c))] for c in choices]
    return product(*choices)


def _everybody(choice: list[_Filling]) -> Owners:
    return frozenset(owner for _, owners in choice for owner in owners)


def _fold(combination: tuple[_Filling, ...]) -> Value:
    pieces = [""]
    for text, _ in combination:
        if text is None:
            pieces.append("")
        else:
            pieces[-1] += text
    if len(pieces) == 1:
        return Plain(pieces[0])
    return Text(_without_double_holes(pieces), _everybody(list(combination)))


def _without_double_holes(pieces: list[str]) -> tuple[str, ...]:
    inner = [piece for piece in pieces[1:-1] if piece]
    return (pieces[0], *inner, pieces[-1])


def as_text(value: Value) -> str | None:
    """Give a value's text, `None` when source does not tell it."""
    if isinstance(value, Plain | Member):
        return None if value.value is None else str(value.value)
    return None


_STRIPPING: dict[str, Callable[[str, str], str]] = {
    "removeprefix": str.removeprefix,
    "removesuffix": str.removesuffix,
    "strip": str.strip,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
}
_STRING_METHODS: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "title": str.title,
    "capitalize": str.capitalize,
    "strip": str.strip,
    "swapcase": str.swapcase,
    "casefold": str.casefold,
}


_SPLITTING: dict[str, Callable[..., Iterable[str]]] = {
    "split": str.split,
    "rsplit": str.rsplit,
    "partition": str.partition,
    "rpartition": str.rpartition,
}


def _split(text: str, method: str, arguments: list[Value]) -> Value | None:
    """Split a text at a known one, at most a known number of times."""
    given = [argument.value for argument in arguments if isinstance(argument, Plain)]
    is_partition = "partition" in method
    if len(given) != len(arguments) or not 1 <= len(given) <= (1 if is_partition else 2):
        return None
    if not isinstance(given[0], str) or not given[0] or any(type(n) is not int for n in given[1:]):
        return None
    parts = _SPLITTING[method](text, *given)
    return Sequence(tuple((Plain(part, "constant"),) for part in parts))


def string_method(text: Plain | Member, method: str, arguments: list[Value]) -> Value | None:
    """Apply a method of `str` that depends on nothing else; `None` when it is not one of those."""
    value = str(text.value)
    if method in _SPLITTING:
        return _split(value, method, arguments)
    texts = [as_text(argument) for argument in arguments]
    known = [given for given in texts if given is not None]
    if len(known) != len(texts):
        return None
    if method in _STRING_METHODS and not known:
        return Plain(_STRING_METHODS[method](value), "constant")
    if method == "replace" and len(known) == 2:
        return Plain(value.replace(known[0], known[1]), "constant")
    if method in _STRIPPING and len(known) == 1:
        return Plain(_STRIPPING[method](value, known[0]), "constant")
    return None
