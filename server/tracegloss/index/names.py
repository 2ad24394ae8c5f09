"""Values folded to text, and to the names a span may carry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import Literal

from tracegloss.index.values import Argument, External, Member, Plain, Text, Unknown, Value
from tracegloss.model.site import DynamicName, LiteralName, NamePattern, SpanName

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


def name_source(values: Iterable[Value]) -> Literal["source", "source and parameter", "parameter"]:
    """Tell how far parameters of the function around decide a name."""
    found = list(values)
    if any(isinstance(v, Argument) or (isinstance(v, Unknown) and v.from_parameter) for v in found):
        return "parameter"
    filled = any(isinstance(v, Text) and v.from_parameter for v in found)
    return "source and parameter" if filled else "source"


def join(parts: list[str | tuple[Value, ...]]) -> tuple[Value, ...]:
    """Fold a template: fixed texts, and holes with all the values each may have."""
    choices: list[list[tuple[str | None, bool]]] = []
    for part in parts:
        choices.append([(part, False)] if isinstance(part, str) else _fillings(part))
    folded = [_fold(combination) for combination in _bounded(choices)]
    return tuple(dict.fromkeys(folded))


def _fillings(values: tuple[Value, ...]) -> list[tuple[str | None, bool]]:
    found = [
        (as_text(value), name_source([value]) != "source")
        for value in values
        if not (isinstance(value, Plain) and value.value is None)
    ]
    return list(dict.fromkeys(found)) or [(None, False)]


def _bounded(
    choices: list[list[tuple[str | None, bool]]],
) -> Iterable[tuple[tuple[str | None, bool], ...]]:
    n_combinations = 1
    for choice in choices:
        n_combinations *= len(choice)
    if n_combinations > _MAX_NAMES:
        blurred = any(filled for choice in choices for _, filled in choice)
        choices = [c if len(c) == 1 else [(None, blurred)] for c in choices]
    return product(*choices)


def _fold(combination: tuple[tuple[str | None, bool], ...]) -> Value:
    pieces = [""]
    from_parameter = False
    for text, filled in combination:
        from_parameter |= filled
        if text is None:
            pieces.append("")
        else:
            pieces[-1] += text
    if len(pieces) == 1:
        return Plain(pieces[0])
    return Text(_without_double_holes(pieces), from_parameter)


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


def string_method(text: Plain | Member, method: str, arguments: list[Value]) -> Value | None:
    """Apply a method of `str` that depends on nothing else; `None` when it is not one of those."""
    value = str(text.value)
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
