"""What the constructors of the tree's classes are given by the code that calls them."""

from __future__ import annotations

from collections.abc import Iterable

from tracegloss.index.applying import constructor
from tracegloss.index.binding import bound_frame
from tracegloss.index.expressions import arguments, union
from tracegloss.index.reader import Reader, Values
from tracegloss.index.values import Argument, Class, Function, Instance, Scope

_MAX_CALLS = 64


def given_to_constructor(
    reader: Reader, argument: Argument, calls: Iterable[tuple[str, int]]
) -> Values:
    """Tell what calls give a parameter of `__init__`; the parameter itself when none is known."""
    found: list[Values] = []
    for path, number in list(calls)[:_MAX_CALLS]:
        found.extend(_given_by(reader, argument, path, number))
    told = [
        reader.given_to_constructor(value) if isinstance(value, Argument) else (value,)
        for values in found
        for value in values
    ]
    return union(told) if told else (argument,)


def _given_by(reader: Reader, argument: Argument, path: str, number: int) -> list[Values]:
    """Read one call, of the class or by `super().__init__`, that runs the constructor."""
    scopes = reader.scopes(path)
    own = reader.scopes(argument.path)
    if scopes is None or own is None:
        return []
    call = scopes.call(number)
    scope = Scope(path, call.scope)
    for callee in reader.evaluate(call.callee, scope):
        method = constructor(reader, callee) if isinstance(callee, Class) else callee
        if not isinstance(method, Function) or method.definition != argument.definition:
            continue
        if method.path != argument.path:
            continue
        bound = (
            method
            if method.receiver is not None
            else _received(method, own.outer(method.definition))
        )
        frame = bound_frame(reader, own, bound, arguments(reader, call.arguments, scope))
        values = frame.bound.get(argument.name)
        return [] if values is None else [values]
    return []


def _received(method: Function, owner: int) -> Function:
    receiver = Instance(Class(method.path, owner), exact=False)
    return Function(method.path, method.definition, None, receiver)
