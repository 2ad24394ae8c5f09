"""Kinds of tree nodes by their names in the grammar."""

from __future__ import annotations

from tree_sitter import Node as TreeNode

from tracegloss.syntax.parse import PYTHON

# Tables by kind are this long because a piece that was not understood has the last 16-bit id.
TABLE = 65_536


def kind_ids(name: str) -> tuple[int, ...]:
    """Return the ids of a kind of named node; several when the grammar aliases it."""
    found = tuple(
        kind
        for kind in range(PYTHON.node_kind_count)
        if PYTHON.node_kind_is_named(kind) and PYTHON.node_kind_for_id(kind) == name
    )
    if not found:
        raise LookupError(f"the grammar has no {name!r}")
    return found


def kinds(*names: str) -> frozenset[int]:
    """Return the ids of several kinds of named nodes."""
    return frozenset(kind for name in names for kind in kind_ids(name))


# What may stand between any two nodes.
EXTRAS = kinds("comment", "line_continuation")

BLOCKS = kinds("block")
TUPLES = kinds("tuple", "tuple_pattern")
# Where a last comma may mean a tuple of one.
COMMAS_COUNT = TUPLES | kinds("expression_list", "pattern_list")


def _is_meant(kind: int) -> bool:
    if kind >= PYTHON.node_kind_count:
        return True
    return PYTHON.node_kind_is_named(kind) and kind not in EXTRAS


_MEANT = bytes(_is_meant(kind) for kind in range(TABLE))


def named_children(node: TreeNode) -> list[TreeNode]:
    """Return the children that are neither punctuation, comments nor joined lines."""
    return [child for child in node.children if _MEANT[child.kind_id]]
