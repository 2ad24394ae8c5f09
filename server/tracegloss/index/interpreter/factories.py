"""Functions that make a traced function of their own and return it: `build_agent()`.

A wrapper's use is a site, as it says which function runs in the span, or under which name. A
factory's use says neither: the definition inside it is the site, wherever it is called.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.index.interpreter.given import runs_given
from tracegloss.index.interpreter.reader import Reader
from tracegloss.index.interpreter.scopes import FileScopes
from tracegloss.index.interpreter.values import (
    Argument,
    Frame,
    Function,
    Scope,
    Traced,
    Value,
)
from tracegloss.syntax.facts import Expression


def is_own(reader: Reader, value: Traced, returned: Expression, frame: Frame) -> bool:
    """Tell whether a call that gave `value` chose neither its function nor its name.

    `returned` is what the called function returns; `frame` binds the parameters of that call.
    """
    inner: Value = value
    while isinstance(inner, Traced):
        inner = inner.inner
    if not isinstance(inner, Function) or not _is_definition(reader.scopes(inner.path), inner):
        return False
    unbound = reader.evaluate(returned, Scope(frame.path, frame.definition))
    named = {each.made.trail[0] for each in _layers(unbound) if each.made.owners}
    if any(layer.made.trail[0] in named for layer in _layers((value,))):
        return False
    return not _depends_on(reader, inner, frame)


def closes_over(frame: Frame | None, searched: Frame) -> bool:
    """Tell whether a function with this frame was made in one application of another."""
    while frame is not None:
        if frame is searched:
            return True
        frame = frame.outer
    return False


def _depends_on(reader: Reader, closure: Function, frame: Frame) -> bool:
    """Tell whether what a closure runs was given in a call.

    It stands in the function called, or in a decorator that this function uses on its own ones.
    """
    if closure.frame is None:
        return False
    if closes_over(closure.frame, frame):
        return runs_given(reader, closure)
    held = [value for values in closure.frame.bound.values() for value in values]
    given = [value for values in frame.bound.values() for value in values]
    return any(
        isinstance(value, Argument)
        or (isinstance(value, Function) and _is_given(reader, value, frame, given))
        for value in held
    )


def _is_given(reader: Reader, function: Function, frame: Frame, given: list[Value]) -> bool:
    if closes_over(function.frame, frame):
        return runs_given(reader, function)
    return function in given


def _is_definition(scopes: FileScopes | None, function: Function) -> bool:
    return scopes is not None and scopes.definition(function.definition).kind == "function"


def _layers(values: tuple[Value, ...]) -> Iterator[Traced]:
    for value in values:
        layer = value
        while isinstance(layer, Traced):
            yield layer
            layer = layer.inner
