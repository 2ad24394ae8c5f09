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
    Plain,
    Scope,
    Traced,
    Tracer,
    Unknown,
    Value,
)
from tracegloss.syntax.facts import Definition

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
        if not named or described.name in named
    )


def _is_no_function(described: Definition) -> bool:
    return any(last_name(each.expression) in _NO_FUNCTIONS for each in described.decorators)


def method_tracers(
    reader: Reader, decorator: Function, of: Class | Argument
) -> Iterator[tuple[frozenset[object], Tracer]]:
    """Give what a decorator of classes puts around methods: those named, else all."""
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
        named = _literals(reader.evaluate(name, bound))
        for value in reader.evaluate(given, unbound if named else bound):
            if isinstance(value, Traced) and not isinstance(value.inner, Function):
                yield named & {_attribute(value.inner)} or named, Tracer(value.made)


def _attribute(value: Value) -> str | None:
    return value.attribute if isinstance(value, Unknown) else None


def _literals(values: Values) -> frozenset[object]:
    """Give the texts that an expression may stand for, none when there may be others."""
    if not all(isinstance(value, Plain) for value in values):
        return frozenset()
    return frozenset(value.value for value in values if isinstance(value, Plain))
