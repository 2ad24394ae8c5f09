"""Names that stand between `|`: chains of runnables are written `prompt | model | parse`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracegloss.index.interpreter.scopes import MODULE, FileScopes, inner_nodes
from tracegloss.syntax.facts import Access, Expression, Extent, Node, Opaque, ReturnNode

_PIPED = re.compile(r"(?:^|\|)\s*([A-Za-z_]\w*)\s*(?=\||$)")


def piped_names(scopes: FileScopes) -> Iterator[tuple[str, int, Extent]]:
    """Yield each name between `|`, the scope it stands in, and a token of that statement.

    Chains longer than facts keep text of lose their end.
    """
    for assignment in scopes.facts.assignments:
        at = Extent(assignment.line, 0, assignment.line, 0)
        yield from _in_expression(assignment.value, assignment.scope, at)
    for call in scopes.facts.calls:
        for argument in call.arguments:
            yield from _in_expression(argument.value, call.scope, call.at)
        if isinstance(call.callee, Access):
            yield from _in_expression(call.callee.of, call.scope, call.at)
    for scope in (MODULE, *range(len(scopes.facts.definitions))):
        at = Extent(0, 0, 0, 0) if scope == MODULE else scopes.definition(scope).at
        for value in _returned(scopes.body(scope)):
            yield from _in_expression(value, scope, at)


def _in_expression(value: Expression, scope: int, at: Extent) -> Iterator[tuple[str, int, Extent]]:
    if isinstance(value, Opaque) and "|" in value.text:
        for name in _PIPED.findall(value.text):
            yield name, scope, at


def _returned(nodes: tuple[Node, ...]) -> Iterator[Expression]:
    for node in nodes:
        if isinstance(node, ReturnNode):
            yield node.value
        for part in inner_nodes(node):
            yield from _returned(part)
