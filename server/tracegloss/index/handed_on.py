"""Functions that a decorator gives back as they are, and hands on traced: registries of tools."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.index.interpreter.binding import bound_frame
from tracegloss.index.interpreter.dressing import traced
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.scopes import MODULE, FileScopes, last_name
from tracegloss.index.interpreter.values import (
    Argument,
    Function,
    Given,
    Scope,
    SpanMade,
    Spot,
    Traced,
    Value,
)
from tracegloss.syntax.facts import Extent, Invocation

GIVEN = Argument("", MODULE, "given")
_NOWHERE = Spot("", Extent(0, 0, 0, 0))


def handed_on(
    interpreter: Interpreter, scopes: FileScopes, path: str, index: int
) -> Iterator[SpanMade]:
    """Give the spans around a definition that one of its decorators makes and does not return."""
    definition = scopes.definition(index)
    if definition.kind != "function":
        return
    target = Function(path, index)
    for decorator in definition.decorators:
        for callee in interpreter.evaluate(decorator.expression, Scope(path, definition.scope)):
            if isinstance(callee, Function) and interpreter.may_trace(callee):
                for made in _traced_inside(interpreter, callee, target):
                    yield traced(interpreter, made, target).made.used_at(Spot(path, decorator.at))


def decorators_of(interpreter: Interpreter, function: Function) -> tuple[Function, ...]:
    """Give a function and the closures that it makes of what it is given, as `GIVEN`."""
    made = interpreter.apply(function, (Given(None, (GIVEN,)),), _NOWHERE)
    closures = (value for value in made if isinstance(value, Function) and value.frame is not None)
    return (function, *closures)


def hands_on(interpreter: Interpreter, decorator: Function) -> bool:
    """Tell whether a decorator, or one that stands around it, traces what it is `GIVEN`."""
    return any(_traced_inside(interpreter, decorator, GIVEN))


def _traced_inside(
    interpreter: Interpreter, decorator: Function, target: Value
) -> Iterator[SpanMade]:
    scopes = interpreter.scopes(decorator.path)
    if scopes is None:
        return
    frame = bound_frame(interpreter, scopes, decorator, (Given(None, (target,)),))
    inside = Scope(decorator.path, decorator.definition, frame)
    for number in scopes.calls.get(decorator.definition, ()):
        if interpreter.is_marker(last_name(scopes.call(number).callee), decorator.path):
            for value in interpreter.evaluate(Invocation(number), inside):
                if isinstance(value, Traced) and value.inner == target:
                    yield value.made
