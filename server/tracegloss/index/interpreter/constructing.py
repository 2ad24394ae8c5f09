"""What the constructors of the tree's classes are given by the code that calls them."""

from __future__ import annotations

from collections.abc import Iterable

from tracegloss.index.interpreter.binding import bound_frame
from tracegloss.index.interpreter.constructors import constructor
from tracegloss.index.interpreter.expressions import arguments, union
from tracegloss.index.interpreter.lookup import annotated
from tracegloss.index.interpreter.reader import Reader, Values
from tracegloss.index.interpreter.scopes import FileScopes
from tracegloss.index.interpreter.values import (
    Argument,
    Class,
    External,
    Frame,
    Function,
    Instance,
    Scope,
    Value,
)

_MAX_CALLS = 64


def given_to_constructor(
    reader: Reader, argument: Argument, of: Class, calls: Iterable[tuple[str, int]]
) -> Values:
    """Tell what calls that make an object of a class give a parameter of its `__init__`.

    The parameter itself when no such call is known.
    """
    kinds = {of, *reader.subclasses(of)}
    found: list[Values] = []
    for path, number in list(calls)[:_MAX_CALLS]:
        found.extend(_given_by(reader, argument, kinds, path, number))
    if not found:
        return (argument,)
    reader.assume()  # files that do not trace may make such objects too
    return union(found)


def frame_of_given(
    reader: Reader, scopes: FileScopes, path: str, definition: int, of: Class
) -> Frame:
    """Bind the parameters of an `__init__` of untold type to what they are given."""
    at = Scope(path, scopes.outer(definition))
    bound: dict[str, Values] = {}
    for parameter in scopes.definition(definition).parameters[1:]:
        argument = Argument(path, definition, parameter.name)
        if not annotated(reader, parameter.annotation, at):
            values = reader.given_to_constructor(argument, of)
            if values != (argument,):
                bound[parameter.name] = values
    return Frame(path, definition, bound, assumed=frozenset(bound))


def _given_by(
    reader: Reader, argument: Argument, kinds: set[Class], path: str, number: int
) -> list[Values]:
    """Read one call, of the class or by `super().__init__`, that runs the constructor."""
    scopes = reader.scopes(path)
    own = reader.scopes(argument.path)
    if scopes is None or own is None:
        return []
    call = scopes.call(number)
    scope = Scope(path, call.scope)
    for callee in reader.evaluate(call.callee, scope):
        method = constructor(reader, callee) if isinstance(callee, Class) else callee
        if not isinstance(method, Function) or not _is_of(method, argument):
            continue
        receiver = method.receiver
        if isinstance(receiver, Instance) and receiver.of in kinds:
            frame = bound_frame(reader, own, method, arguments(reader, call.arguments, scope))
            values = frame.bound.get(argument.name, ())
            return [_resolved(reader, value, receiver.of) for value in values]
    return []


def _is_of(method: Function, argument: Argument) -> bool:
    return (method.path, method.definition) == (argument.path, argument.definition)


def _resolved(reader: Reader, value: Value, of: Class | External) -> Values:
    """Look further where a constructor hands on what it was given itself."""
    if isinstance(value, Argument) and isinstance(of, Class):
        return reader.given_to_constructor(value, of)
    return (value,)
