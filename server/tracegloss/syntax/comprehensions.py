"""Comprehensions and generator expressions, as the loops they are."""

from __future__ import annotations

from tree_sitter import Node as TreeNode

from tracegloss.syntax.assigning import assign
from tracegloss.syntax.choices import add_branches
from tracegloss.syntax.facts import (
    Comprehension,
    Entries,
    Expression,
    Items,
    LoopNode,
    Node,
    Opaque,
    Subscript,
)
from tracegloss.syntax.kinds import kind_ids, named_children
from tracegloss.syntax.reading import Reading, read, read_parts, reads

[_FOR_IN] = kind_ids("for_in_clause")
[_PAIR] = kind_ids("pair")
[_IF_CLAUSE] = kind_ids("if_clause")


@reads("list_comprehension", "set_comprehension", "dictionary_comprehension")
def _comprehension(reading: Reading, node: TreeNode) -> Expression:
    parts = named_children(node)
    bound: list[tuple[str, Expression]] = []
    element = _clauses(reading, parts[1:], parts[0], bound)
    if element is None or not bound or isinstance(element, Opaque):
        return reading.opaque(node)
    return Comprehension(
        element if isinstance(element, Entries) else Items((element,)), tuple(bound)
    )


@reads("generator_expression")
def _generator(reading: Reading, node: TreeNode) -> Expression:
    prefix = reading.prefix
    reading.prefix = f"{prefix}<genexpr>."
    parts = named_children(node)
    _clauses(reading, parts[1:], parts[0], [])
    reading.prefix = prefix
    return reading.opaque(node)


_Bound = list[tuple[str, Expression]]


def _clauses(
    reading: Reading, clauses: list[TreeNode], element: TreeNode, bound: _Bound
) -> Expression | None:
    """Read the clauses, innermost last, and give what stands before them."""
    if not clauses:
        return _element(reading, element)
    clause, rest = clauses[0], clauses[1:]
    parts = named_children(clause)
    if clause.kind_id == _IF_CLAUSE:
        read_parts(reading, clause)
        inner, body = _inner_clauses(reading, rest, element, bound)
        add_branches(reading, [body, []])
        return inner
    if clause.kind_id == _FOR_IN and len(parts) >= 2:
        return _for_clause(reading, parts, rest, element, bound)
    read_parts(reading, clause)
    return _clauses(reading, rest, element, bound)


def _element(reading: Reading, element: TreeNode) -> Expression:
    if element.kind_id != _PAIR:
        return read(reading, element)
    key, value = named_children(element)[:2]
    return Entries(((read(reading, key), read(reading, value)),))


def _for_clause(
    reading: Reading,
    parts: list[TreeNode],
    rest: list[TreeNode],
    element: TreeNode,
    bound: _Bound,
) -> Expression | None:
    iterated = read(reading, parts[-1])
    n_before = len(reading.assignments)
    assign(reading, parts[0], Subscript(iterated, Opaque("*")))
    bound += [(each.target, each.value) for each in reading.assignments[n_before:]]
    inner, body = _inner_clauses(reading, rest, element, bound)
    if body:
        reading.nodes.append(LoopNode(tuple(body)))
    else:
        # Its names live in the comprehension alone; they say something only of calls inside it.
        del reading.assignments[n_before:]
    return inner


def _inner_clauses(
    reading: Reading, rest: list[TreeNode], element: TreeNode, bound: _Bound
) -> tuple[Expression | None, list[Node]]:
    around = reading.nodes
    reading.nodes = []
    inner = _clauses(reading, rest, element, bound)
    nodes, reading.nodes = reading.nodes, around
    return inner, nodes
