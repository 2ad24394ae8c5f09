"""Which `with` statement a call's value is entered by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tracegloss.index.interpreter.reader import Reader
from tracegloss.index.interpreter.scopes import FileScopes, inner_nodes
from tracegloss.index.interpreter.spans import calls_in_header
from tracegloss.syntax.facts import Expression, Extent, Name, Node, Options, WithNode


class Blocks:
    """Finds the `with` around which a span-making call stands, directly or through a variable."""

    def __init__(self, reader: Reader, scopes: FileScopes, path: str) -> None:
        self._reader = reader
        self._scopes = scopes
        self._path = path
        self._by_call: dict[int, dict[int, Extent]] = {}

    def around(self, number: int) -> Extent | None:
        """Give the extent of the `with` statement that enters a call's value, if there is one."""
        scope = self._scopes.call(number).scope
        if scope not in self._by_call:
            self._by_call[scope] = dict(self._entered(scope))
        return self._by_call[scope].get(number)

    def _entered(self, scope: int) -> Iterator[tuple[int, Extent]]:
        assigned = self._scopes.assigned(scope)
        for node in withs(self._scopes.body(scope)):
            for header in node.headers:
                for call in entered_calls(header, assigned):
                    yield call, node.extent


def entered_calls(header: Expression, assigned: Mapping[str, Expression]) -> Iterator[int]:
    """Yield the calls whose value a `with` enters, through a variable of the same scope too."""
    if isinstance(header, Name) and header.dotted in assigned:
        header = assigned[header.dotted]
    if isinstance(header, Options):
        for option in header.options:
            yield from entered_calls(option, assigned)
    else:
        yield from calls_in_header(header)


def withs(nodes: tuple[Node, ...]) -> Iterator[WithNode]:
    """Yield the `with` statements of a body, outer before inner."""
    for node in nodes:
        if isinstance(node, WithNode):
            yield node
        for part in inner_nodes(node):
            yield from withs(part)
