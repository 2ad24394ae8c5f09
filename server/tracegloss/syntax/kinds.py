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


_ERROR = TABLE - 1


def _is_meant(kind: int) -> bool:
    return kind < PYTHON.node_kind_count and PYTHON.node_kind_is_named(kind) and kind not in EXTRAS


_MEANT = bytes(_is_meant(kind) for kind in range(TABLE))
_STANDING = bytes(_is_meant(kind) or kind == _ERROR for kind in range(TABLE))


def named_children(node: TreeNode) -> list[TreeNode]:
    """Return the children that are no punctuation, comments, joined lines or errors."""
    return [child for child in node.children if _MEANT[child.kind_id]]


def statements(node: TreeNode) -> list[TreeNode]:
    """Return the statements of a block, and the pieces in it that were not understood."""
    return [child for child in node.children if _STANDING[child.kind_id]]
