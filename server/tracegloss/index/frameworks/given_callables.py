"""The functions of the tree behind what a framework is given to run."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tracegloss.index.frameworks.constructs import WRAPPING
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.reader import Values
from tracegloss.index.interpreter.scopes import MODULE, FileScopes
from tracegloss.index.interpreter.values import (
    External,
    Function,
    Instance,
    Marked,
    Partial,
    Plain,
    Scope,
    Sequence,
    Traced,
    Value,
)
from tracegloss.syntax.facts import Assignment, Expression, Invocation, Name

_MAX_DEPTH = 4


class Callable(Struct, frozen=True):
    """A function of the tree, and the name it was given beside it, if any."""

    function: Function
    name: str | None


def callables(
    interpreter: Interpreter, expression: Expression, scope: Scope, depth: int = 0
) -> list[Callable]:
    """Find the functions that an expression, called, runs first."""
    values = interpreter.evaluate(expression, scope)
    found = own_callables(interpreter, values)
    if depth < _MAX_DEPTH and isinstance(expression, Invocation):
        dressed = {f.function.seen.name for f in found if f.function.seen is not None}
        inside = list(_given(interpreter, expression, scope, values, depth))
        worn = [each for each in inside if _name_of(interpreter, each) in dressed]
        return worn or found or (inside if _wraps(values) else [])
    if not found and depth < _MAX_DEPTH and isinstance(expression, Name) and _wraps(values):
        for made in assigned(interpreter.scopes(scope.path), expression.dotted, scope):
            found += callables(interpreter, made, Scope(scope.path, scope.definition), depth + 1)
    return found


def own_callables(interpreter: Interpreter, values: Values) -> list[Callable]:
    """Find the functions of the tree among values: methods, partials, objects that are called."""
    found: list[Callable] = []
    for value in values:
        inner = _peeled(value)
        if isinstance(inner, Function):
            found.append(Callable(inner, None))
        elif isinstance(inner, Instance) and not isinstance(inner.of, External):
            members = map(_peeled, interpreter.attribute(inner, "__call__"))
            found.extend(Callable(m, None) for m in members if isinstance(m, Function))
    return found


def held_callables(interpreter: Interpreter, values: Values) -> list[Callable]:
    """Find the functions in lists, with their names in lists of pairs `("name", fn)`."""
    found: list[Callable] = []
    for value in values:
        for item in value.items if isinstance(value, Sequence) else ():
            pair = item[0] if item else None
            if isinstance(pair, Sequence) and len(pair.items) == 2:
                name = pair.items[0][0] if pair.items[0] else None
                text = str(name.value) if isinstance(name, Plain) else None
                own = own_callables(interpreter, pair.items[1])
                found.extend(Callable(each.function, text) for each in own)
            else:
                found.extend(own_callables(interpreter, item))
    return found


def _given(
    interpreter: Interpreter, expression: Invocation, scope: Scope, values: Values, depth: int
) -> Iterator[Callable]:
    scopes = interpreter.scopes(scope.path)
    for argument in scopes.call(expression.call).arguments if scopes is not None else ():
        if argument.keyword in {None, "func", "coroutine", "afunc"} or not _wraps(values):
            yield from callables(interpreter, argument.value, scope, depth + 1)


def _wraps(values: Values) -> bool:
    return any(
        isinstance(v, Instance) and isinstance(v.of, External) and v.of.last in WRAPPING
        for v in values
    )


def _name_of(interpreter: Interpreter, given: Callable) -> str | None:
    scopes = interpreter.scopes(given.function.path)
    return None if scopes is None else scopes.definition(given.function.definition).name


def assigned(scopes: FileScopes | None, dotted: str, scope: Scope) -> Iterator[Expression]:
    """Yield what the same scope, or the module, assigns to a plain name."""
    for level in dict.fromkeys((scope.definition, MODULE)) if scopes is not None else ():
        bound = scopes.names.get(level, {}).get(dotted, ()) if scopes is not None else ()
        yield from (each.value for each in bound if isinstance(each, Assignment))


def _peeled(value: Value) -> Value:
    while isinstance(value, Traced | Marked | Partial):
        value = value.of if isinstance(value, Partial) else value.inner
    return value
