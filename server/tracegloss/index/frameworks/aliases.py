"""Methods of model clients under names of one's own: `create = client.chat.completions.create`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tracegloss.index.frameworks.construct_rows import Construct
from tracegloss.index.frameworks.constructs import CALLS_BY_NAME
from tracegloss.index.frameworks.receivers import written
from tracegloss.index.interpreter.scopes import MODULE, FileScopes, last_name
from tracegloss.syntax.facts import Argument, Call, Expression, Invocation, Name

_PARTIAL = "partial"


class Alias(Struct, frozen=True):
    """A client's method that a scope assigned, and the arguments that `functools.partial` adds."""

    row: Construct
    scope: int
    given: tuple[Argument, ...] = ()


def client_aliases(scopes: FileScopes) -> dict[str, list[Alias]]:
    """Find the names and members of `self` that a file gives methods of clients, as written."""
    found: dict[str, list[Alias]] = {}
    for each in scopes.facts.assignments:
        for row, given in _method(scopes, each.value):
            found.setdefault(each.target, []).append(Alias(row, each.scope, given))
    return found


def alias_of(scopes: FileScopes, aliases: dict[str, list[Alias]], call: Call) -> Alias | None:
    """Give the method of a client that a call runs under a name of one's own."""
    if not aliases or not isinstance(call.callee, Name):
        return None
    dotted = call.callee.dotted
    for alias in aliases.get(dotted, ()):
        if dotted.startswith("self."):
            if scopes.enclosing_class(alias.scope) == scopes.enclosing_class(call.scope):
                return alias
        elif alias.scope in _around(scopes, call.scope):
            return alias
    return None


def _around(scopes: FileScopes, scope: int) -> Iterator[int]:
    while scope != MODULE:
        yield scope
        scope = scopes.outer(scope)
    yield MODULE


def _method(
    scopes: FileScopes, value: Expression
) -> Iterator[tuple[Construct, tuple[Argument, ...]]]:
    given: tuple[Argument, ...] = ()
    if isinstance(value, Invocation):
        call = scopes.call(value.call)
        if last_name(call.callee) != _PARTIAL or not call.arguments:
            return
        value, given = call.arguments[0].value, call.arguments[1:]
    chain = f".{written(scopes, value)}"
    for row in CALLS_BY_NAME.get(last_name(value), ()):
        if row.spans and not row.of_object and chain.endswith(f".{row.tail}"):
            yield row, given
            return
