"""Names that may lead to a span: MLflow's own, the repository's wrappers, and aliases of either."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from tracegloss.index.scopes import MODULE, FileScopes
from tracegloss.index.tracing import REGISTERING_NAMES
from tracegloss.syntax.facts import (
    Access,
    Call,
    Constant,
    Entries,
    Expression,
    Invocation,
    Items,
    Name,
    Options,
    Subscript,
)


def marked_definitions(
    scopes: FileScopes, markers: AbstractSet[str]
) -> tuple[AbstractSet[str], AbstractSet[int]]:
    """Give a file's aliases of the markers, and the definitions that hold, however deep, a use.

    A definition is a use of its decorators too; classes count when a method does.
    """
    aliases = frozenset(_aliases(scopes, markers))
    named = markers | aliases
    traceable: set[int] = set()
    for call in scopes.facts.calls:
        if call.scope not in traceable and _mentions_call(scopes, call, named):
            _add_outward(scopes, call.scope, traceable)
    for index, definition in enumerate(scopes.facts.definitions):
        expressions = [d.expression for d in definition.decorators]
        if any(_mentions(scopes, expression, named) for expression in expressions):
            _add_outward(scopes, index, traceable)
    return aliases, traceable


def _add_outward(scopes: FileScopes, scope: int, traceable: set[int]) -> None:
    while scope != MODULE:
        traceable.add(scope)
        scope = scopes.outer(scope)


def _aliases(scopes: FileScopes, markers: AbstractSet[str]) -> set[str]:
    imported_names = markers | REGISTERING_NAMES
    found = {
        imported.bound
        for imported in scopes.facts.imports
        if imported.name in imported_names and imported.bound not in imported_names
    }
    grown = True
    while grown:
        grown = False
        named = markers | found
        for assignment in scopes.facts.assignments:
            last = assignment.target.rpartition(".")[2]
            if last not in named and _mentions(scopes, assignment.value, named):
                found.add(last)
                grown = True
    return found


def _mentions_call(scopes: FileScopes, call: Call, named: AbstractSet[str]) -> bool:
    if _mentions(scopes, call.callee, named):
        return True
    return any(
        _mentions(scopes, argument.value, named, inside=False) for argument in call.arguments
    )


def _mentions(
    scopes: FileScopes, expression: Expression, named: AbstractSet[str], *, inside: bool = True
) -> bool:
    match expression:
        case Name(dotted):
            return dotted.rpartition(".")[2] in named
        case Access(of, attribute):
            return attribute in named or _mentions(scopes, of, named, inside=inside)
        case Constant(value):
            return isinstance(value, str) and value in named
        case Invocation(number):
            if not inside:
                return False
            call = scopes.call(number)
            return _mentions(scopes, call.callee, named) or any(
                _mentions(scopes, argument.value, named) for argument in call.arguments
            )
        case _:
            return any(_mentions(scopes, p, named, inside=inside) for p in _parts(expression))


def _parts(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Options(parts) | Items(parts):
            return parts
        case Entries(entries):
            return tuple(value for _, value in entries)
        case Subscript(of, _):
            return (of,)
        case _:
            return ()
