"""Expressions that choose: conditional and short-circuit ones, and the branches they are."""

from __future__ import annotations

from tree_sitter import Node as TreeNode

from tracegloss.syntax.expressions import read_operand
from tracegloss.syntax.facts import (
    BranchNode,
    Expression,
    Node,
    Options,
)
from tracegloss.syntax.kinds import named_children
from tracegloss.syntax.reading import MAX_BLOCKS, MAX_DEPTH, Reading, read_parts, reads


@reads("conditional_expression")
def _conditional(reading: Reading, node: TreeNode) -> Expression:
    parts = named_children(node)
    if len(parts) != 3:
        return read_parts(reading, node)
    read_operand(reading, parts[1])
    options: list[Expression] = []
    reading.depth += 1
    taken = _alternative(reading, parts[0], options)
    otherwise = _alternative(reading, parts[2], options)
    reading.depth -= 1
    add_branches(reading, [taken, otherwise])
    return _options(reading, node, options)


def _alternative(reading: Reading, node: TreeNode, options: list[Expression]) -> list[Node]:
    """Read one of several values; its value joins `options`, what happens in it is returned."""
    around = reading.nodes
    reading.nodes = []
    options.append(read_operand(reading, node))
    nodes, reading.nodes = reading.nodes, around
    return nodes


@reads("boolean_operator")
def _boolean(reading: Reading, node: TreeNode) -> Expression:
    spine = _left_spine(node)
    if len(spine) < 2:
        return read_parts(reading, node)
    options = [read_operand(reading, spine[0])]
    collected = [_alternative(reading, operand, options) for operand in spine[1:]]
    reading.nodes.extend(_nested(collected))
    return _options(reading, node, options, fallback=node.children[1].type == "or")


def _nested(operands: list[list[Node]]) -> list[Node]:
    """Put each operand inside the choice that the one before it makes; long chains are one."""
    if len(operands) > MAX_BLOCKS:
        operands = [[each for nodes in operands for each in nodes]]
    rest: list[Node] = []
    for nodes in reversed(operands):
        inner = nodes + rest
        rest = [BranchNode((tuple(inner), ()))] if inner else []
    return rest


def _left_spine(node: TreeNode) -> list[TreeNode]:
    """Return the operands of a chain of one operator, leftmost first."""
    operands: list[TreeNode] = []
    kind = node.kind_id
    operator = node.children[1].kind_id
    while node.kind_id == kind and node.children[1].kind_id == operator:
        parts = named_children(node)
        if len(parts) != 2:
            break
        operands.append(parts[1])
        node = parts[0]
    operands.append(node)
    operands.reverse()
    return operands


def _options(
    reading: Reading, node: TreeNode, options: list[Expression], *, fallback: bool = False
) -> Expression:
    if reading.depth >= MAX_DEPTH:
        return reading.opaque(node)
    flat: list[Expression] = []
    for option in options:
        same = isinstance(option, Options) and option.fallback == fallback
        flat.extend(option.options if isinstance(option, Options) and same else (option,))
    return Options(tuple(flat), fallback)


def add_branches(reading: Reading, branches: list[list[Node]]) -> None:
    """Put alternatives into the body, unless nothing happens in any of them."""
    if any(branches):
        reading.nodes.append(BranchNode(tuple([tuple(branch) for branch in branches])))
