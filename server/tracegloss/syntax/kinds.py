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


def mark_id(text: str) -> int:
    """Return the id of a mark or word that is no named node: `=`, `async`."""
    found = PYTHON.id_for_node_kind(text, False)
    if found is None:
        raise LookupError(f"the grammar has no {text!r}")
    return found


# What may stand between any two nodes.
EXTRAS = kinds("comment", "line_continuation")

BLOCKS = kinds("block")
TUPLES = kinds("tuple", "tuple_pattern")
# Where a last comma may mean a tuple of one.
COMMAS_COUNT = TUPLES | kinds("expression_list", "pattern_list")


ERROR = TABLE - 1


def _is_meant(kind: int) -> bool:
    return kind < PYTHON.node_kind_count and PYTHON.node_kind_is_named(kind) and kind not in EXTRAS


# Kinds that say something by themselves: no punctuation, comments, joined lines or errors.
MEANT = bytes(_is_meant(kind) for kind in range(TABLE))
# Kinds that stand as statements, the pieces included that were not understood.
STANDING = bytes(_is_meant(kind) or kind == ERROR for kind in range(TABLE))


def named_children(node: TreeNode) -> list[TreeNode]:
    """Return the children that are no punctuation, comments, joined lines or errors."""
    children = node.named_children
    for child in children:
        if not MEANT[child.kind_id]:
            return [child for child in children if MEANT[child.kind_id]]
    return children
