"""Decorators of classes that trace their methods: `setattr(cls, name, mlflow.trace(method))`."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.index.interpreter.binding import bound_frame
from tracegloss.index.interpreter.reader import Reader, Values
from tracegloss.index.interpreter.scopes import MODULE, FileScopes, last_name
from tracegloss.index.interpreter.values import (
    Argument,
    Class,
    Function,
    Given,
    Scope,
    Traced,
    Tracer,
)
from tracegloss.syntax.facts import Constant, Definition

_NO_FUNCTIONS = frozenset({"property", "cached_property", "staticmethod", "classmethod"})
"""Decorators whose results such loops leave out: they are no functions, or not callable."""

_SETATTR = 3
"""How many arguments `setattr` takes."""


_ANY_CLASS = Argument("", MODULE, "given")


def tracers_around(reader: Reader, scopes: FileScopes, path: str, definition: int) -> Values:
    """Give what the decorators of its class put around a method, innermost first."""
    described = scopes.definition(definition)
    around = described.scope
    if around == MODULE or described.kind != "function" or described.name.startswith("_"):
        return ()
    owner = scopes.definition(around)
    if owner.kind != "class" or not owner.decorators or _is_no_function(described):
        return ()
    scope = Scope(path, owner.scope)
    return tuple(
        tracer
        for decorator in reversed(owner.decorators)
        for callee in reader.evaluate(decorator.expression, scope)
        if isinstance(callee, Function)
        for named, tracer in method_tracers(reader, callee, Class(path, around))
        if named in {None, described.name}
    )


def _is_no_function(described: Definition) -> bool:
    return any(last_name(each.expression) in _NO_FUNCTIONS for each in described.decorators)


def method_tracers(
    reader: Reader, decorator: Function, of: Class | Argument
) -> Iterator[tuple[object, Tracer]]:
    """Give what a decorator of classes puts around methods: the one named, or all with `None`."""
    scopes = reader.scopes(decorator.path)
    if scopes is None or not reader.may_trace(decorator):
        return
    bound, unbound = (
        Scope(
            decorator.path,
            decorator.definition,
            bound_frame(reader, scopes, decorator, (Given(None, (each,)),)),
        )
        for each in (of, _ANY_CLASS)
    )
    for number in scopes.calls.get(decorator.definition, ()):
        call = scopes.call(number)
        if last_name(call.callee) != "setattr" or len(call.arguments) != _SETATTR:
            continue
        owner, name, given = (each.value for each in call.arguments)
        if of not in reader.evaluate(owner, bound):
            continue
        named = name.value if isinstance(name, Constant) else None
        for value in reader.evaluate(given, bound if named is None else unbound):
            if isinstance(value, Traced) and not isinstance(value.inner, Function):
                yield named, Tracer(value.made)
