"""`with` statements: each item around the next, as Python runs them."""

from __future__ import annotations

from tree_sitter import Node as TreeNode

from tracegloss.syntax.assigning import assign
from tracegloss.syntax.definitions import last_byte
from tracegloss.syntax.expressions import NONE, mark_role
from tracegloss.syntax.facts import Access, Expression, Extent, Node, WithNode
from tracegloss.syntax.kinds import kind_ids, kinds, named_children
from tracegloss.syntax.reading import MAX_BLOCKS, Reading, read, run, runs

[_WITH_CLAUSE] = kind_ids("with_clause")
[_WITH_ITEM] = kind_ids("with_item")
_AS_PATTERNS = kinds("as_pattern")
_WITH_OPERANDS = kinds("boolean_operator", "conditional_expression", "await", "lambda")
[_AS_TARGET] = kind_ids("as_pattern_target")


@runs("with_statement")
def _with(reading: Reading, node: TreeNode) -> None:
    items: list[TreeNode] = []
    blocks: list[TreeNode] = []
    for child in named_children(node):
        if child.kind_id == _WITH_CLAUSE:
            _drop_parentheses(reading, child)
            items.extend(each for each in named_children(child) if each.kind_id == _WITH_ITEM)
        else:
            blocks.append(child)
    extent = reading.places.extent(node.start_byte, last_byte(node))
    reading.blocks += 1
    _enter(reading, items, blocks, extent)
    reading.blocks -= 1


def _enter(reading: Reading, items: list[TreeNode], blocks: list[TreeNode], extent: Extent) -> None:
    if not items:
        for block in blocks:
            run(reading, block)
        return
    header, target = _header(reading, items[0])
    bound: str | None = None
    if target is not None:
        bound = reading.text(target)
        assign(reading, target, Access(header, "__enter__"))
    around = reading.nodes
    reading.nodes = body = list[Node]()
    _enter(reading, items[1:], blocks, extent)
    reading.nodes = around
    if reading.blocks >= MAX_BLOCKS:
        reading.nodes.extend(body)
    else:
        reading.nodes.append(WithNode((header,), (bound,), tuple(body), extent))


def _header(reading: Reading, item: TreeNode) -> tuple[Expression, TreeNode | None]:
    inner = named_children(item)
    if not inner:
        return NONE, None
    header = read(reading, inner[0])
    mark_role(reading, header, "with")
    return header, _as_target(inner[0])


def _as_target(node: TreeNode) -> TreeNode | None:
    """Return the target of `value as target`; the grammar puts `as` into the last operand."""
    while node.kind_id not in _AS_PATTERNS:
        if node.kind_id not in _WITH_OPERANDS:
            return None
        node = named_children(node)[-1]
    last = named_children(node)[-1]
    return last if last.kind_id == _AS_TARGET else None


def _drop_parentheses(reading: Reading, node: TreeNode) -> None:
    first = node.children[0]
    if not first.is_named and reading.source[first.start_byte : first.end_byte] == b"(":
        reading.layout.drop(node.start_byte, node.end_byte)
        for comma in node.children[-2:-1]:
            if not comma.is_named:
                reading.layout.drop(comma.start_byte, comma.end_byte)
