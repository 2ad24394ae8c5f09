"""What was given to the functions around a closure, and whether the closure runs it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tracegloss.index.interpreter.expressions import arguments
from tracegloss.index.interpreter.reader import Reader, Values
from tracegloss.index.interpreter.scopes import FileScopes
from tracegloss.index.interpreter.values import (
    Argument,
    Class,
    External,
    Frame,
    Function,
    Instance,
    Marked,
    Partial,
    Scope,
    Traced,
    Unknown,
    Value,
)
from tracegloss.syntax.facts import Invocation

CALLABLE = (Function, Class, Traced, Marked, External, Unknown, Partial, Instance)
_RUNNABLE = (Function, Class, Traced, Marked, External, Partial)


def targets_of(frame: Frame | None) -> Iterator[Value]:
    """Yield the callables given to the functions around, and to their object's constructor."""
    while frame is not None:
        for values in frame.bound.values():
            for value in values:
                if isinstance(value, Instance) and value.given is not None:
                    yield from targets_of(value.given)
                elif isinstance(value, CALLABLE):
                    yield value
        frame = frame.outer


def own_frame(function: Function) -> Frame:
    """Make the frame of a function's body whose own parameters are not known."""
    bound: dict[str, Values] = {}
    return Frame(function.path, function.definition, bound, with_receiver(function))


def with_receiver(function: Function) -> Frame | None:
    """Make the frame around a method's body: its object under no name, then what it closes over."""
    if function.receiver is None:
        return function.frame
    receiver: dict[str, Values] = {"": (function.receiver,)}
    return Frame(function.path, function.definition, receiver, function.frame)


def runs_given(reader: Reader, closure: Function) -> bool:
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
