"""Functions that make a traced function of their own and return it: `build_agent()`.

A wrapper's use is a site, as it says which function runs in the span, or under which name. A
factory's use says neither: the definition inside it is the site, wherever it is called.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tracegloss.index.interpreter.expressions import arguments
from tracegloss.index.interpreter.reader import Reader
from tracegloss.index.interpreter.scopes import FileScopes
from tracegloss.index.interpreter.spans import CALLABLE, own_frame, targets_of
from tracegloss.index.interpreter.values import (
    Argument,
    Class,
    External,
    Frame,
    Function,
    Marked,
    Partial,
    Scope,
    Traced,
    Value,
)
from tracegloss.syntax.facts import Expression, Invocation

_RUNNABLE = (Function, Class, Traced, Marked, External, Partial)


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
        return _runs_given(reader, closure)
    held = [value for values in closure.frame.bound.values() for value in values]
    given = [value for values in frame.bound.values() for value in values]
    return any(
        isinstance(value, Argument)
        or (isinstance(value, Function) and _is_given(reader, value, frame, given))
        for value in held
    )


def _is_given(reader: Reader, function: Function, frame: Frame, given: list[Value]) -> bool:
    if closes_over(function.frame, frame):
        return _runs_given(reader, function)
    return function in given


def _is_definition(scopes: FileScopes | None, function: Function) -> bool:
    return scopes is not None and scopes.definition(function.definition).kind == "function"


def _layers(values: tuple[Value, ...]) -> Iterator[Traced]:
    for value in values:
        layer = value
        while isinstance(layer, Traced):
            yield layer
            layer = layer.inner


def _runs_given(reader: Reader, closure: Function) -> bool:
    """Tell whether a closure runs a callable that was given to the functions around it.

    It calls it, hands it on to be called, or is dressed up as it; a model or a client that it only
    works with is none.
    """
    scopes = reader.scopes(closure.path)
    if scopes is None or closure.frame is None:
        return False
    inside = _Inside(
        reader,
        scopes,
        tuple(targets_of(closure.frame)),
        tuple(_with_inner(scopes, closure.definition)),
        Scope(closure.path, closure.definition, own_frame(closure)),
    )
    return any(inside.uses_given(each) for each in inside.definitions)


def _with_inner(scopes: FileScopes, definition: int) -> Iterator[int]:
    yield definition
    for each in scopes.inner.get(definition, ()):
        yield from _with_inner(scopes, each)


class _Inside(Struct, frozen=True):
    """A closure with the definitions in it, and what was given to the functions around it."""

    reader: Reader
    scopes: FileScopes
    targets: tuple[Value, ...]
    definitions: tuple[int, ...]
    own: Scope

    def uses_given(self, definition: int) -> bool:
        """Tell whether a definition calls, hands on or is dressed up as what was given."""
        decorators = self.scopes.definition(definition).decorators
        dressing = [d.expression.call for d in decorators if isinstance(d.expression, Invocation)]
        calls = self.scopes.calls.get(definition, ())
        scope = Scope(self.own.path, definition, self.own.frame)
        return any(self._gives(number, scope) for number in (*dressing, *calls)) or any(
            self._is_given(value, CALLABLE)
            for number in calls
            for value in self.reader.evaluate(self.scopes.call(number).callee, scope)
        )

    def _gives(self, number: int, scope: Scope) -> bool:
        passed = arguments(self.reader, self.scopes.call(number).arguments, scope)
        return any(self._is_given(value, _RUNNABLE) for each in passed for value in each.values)

    def _is_given(self, value: Value, kinds: tuple[type[Value], ...]) -> bool:
        if isinstance(value, Argument):
            return value.path != self.own.path or value.definition not in self.definitions
        return isinstance(value, kinds) and value in self.targets
