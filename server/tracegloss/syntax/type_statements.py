"""Type statements, and calls of `type` that the grammar takes for one."""

from __future__ import annotations

from tree_sitter import Node as TreeNode

from tracegloss.syntax.assigning import assign
from tracegloss.syntax.facts import Argument, Call, CallNode, Items, Name
from tracegloss.syntax.kinds import TUPLES, kinds, named_children
from tracegloss.syntax.reading import Reading, collect, read, read_parts, runs

_ALIASED = kinds("identifier", "generic_type")
_OPENED = TUPLES | kinds("parenthesized_expression")


@runs("type_alias_statement")
def _type_statement(reading: Reading, node: TreeNode) -> None:
    left, right = named_children(node)
    named = named_children(left)[0]
    if named.kind_id not in _ALIASED:
        read_parts(reading, right)
        _call_of_type(reading, node, named)
        return
    around, reading.nodes = reading.nodes, []
    value = read(reading, right)
    reading.nodes = around
    collect(reading, read_parts, left)
    name = named if named.child_count == 0 else named_children(named)[0]
    assign(reading, name, value)


def _call_of_type(reading: Reading, node: TreeNode, target: TreeNode) -> None:
    """Read `type(x).attribute = value`."""
    opened, keys = _argument(target)
    given = read(reading, opened)
    values = given.items if isinstance(given, Items) and opened.kind_id in TUPLES else (given,)
    arguments = tuple(Argument(None, value) for value in values)
    start = node.start_byte
    at = reading.places.extent(start, start + len("type"))
    extent = reading.places.extent(start, opened.end_byte)
    reading.nodes.append(CallNode(len(reading.calls)))
    reading.calls.append(Call(Name("type"), arguments, at, extent, reading.scope))
    for key in keys:
        read(reading, key)


def _argument(target: TreeNode) -> tuple[TreeNode, list[TreeNode]]:
    """Return what stands in the parentheses that begin a target, and what follows in it."""
    keys: list[TreeNode] = []
    while target.kind_id not in _OPENED:
        target, *rest = named_children(target)
        keys = rest + keys
    return target, keys
