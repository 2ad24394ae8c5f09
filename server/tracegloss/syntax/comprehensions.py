"""Comprehensions and generator expressions, as the loops they are."""

from __future__ import annotations

from tree_sitter import Node as TreeNode

from tracegloss.syntax.assigning import assign
from tracegloss.syntax.choices import add_branches
from tracegloss.syntax.facts import (
    Expression,
    LoopNode,
    Node,
    Opaque,
    Subscript,
)
from tracegloss.syntax.kinds import kind_ids, named_children
from tracegloss.syntax.reading import Reading, read, read_parts, reads

[_FOR_IN] = kind_ids("for_in_clause")
[_IF_CLAUSE] = kind_ids("if_clause")


@reads("list_comprehension", "set_comprehension", "dictionary_comprehension")
def _comprehension(reading: Reading, node: TreeNode) -> Expression:
    parts = named_children(node)
    _clauses(reading, parts[1:], parts[0])
    return reading.opaque(node)


@reads("generator_expression")
def _generator(reading: Reading, node: TreeNode) -> Expression:
    prefix = reading.prefix
    reading.prefix = f"{prefix}<genexpr>."
    parts = named_children(node)
    _clauses(reading, parts[1:], parts[0])
    reading.prefix = prefix
    return reading.opaque(node)


def _clauses(reading: Reading, clauses: list[TreeNode], element: TreeNode) -> None:
    if not clauses:
        read(reading, element)
        return
    clause, rest = clauses[0], clauses[1:]
    parts = named_children(clause)
    if clause.kind_id == _IF_CLAUSE:
        read_parts(reading, clause)
        add_branches(reading, [_inner_clauses(reading, rest, element), []])
    elif clause.kind_id == _FOR_IN and len(parts) >= 2:
        _for_clause(reading, parts, rest, element)
    else:
        read_parts(reading, clause)
        _clauses(reading, rest, element)


def _for_clause(
    reading: Reading, parts: list[TreeNode], rest: list[TreeNode], element: TreeNode
) -> None:
    iterated = read(reading, parts[-1])
    n_before = len(reading.assignments)
    assign(reading, parts[0], Subscript(iterated, Opaque("*")))
    body = _inner_clauses(reading, rest, element)
    if body:
        reading.nodes.append(LoopNode(tuple(body)))
    else:
        # Its names live in the comprehension alone; they say something only of calls inside it.
        del reading.assignments[n_before:]


def _inner_clauses(reading: Reading, rest: list[TreeNode], element: TreeNode) -> list[Node]:
    around = reading.nodes
    reading.nodes = []
    _clauses(reading, rest, element)
    nodes, reading.nodes = reading.nodes, around
    return nodes
