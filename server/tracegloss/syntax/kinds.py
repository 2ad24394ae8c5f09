"""Kinds of tree nodes by their names in the grammar."""

from __future__ import annotations

from tree_sitter import Node as TreeNode

from tracegloss.syntax.parse import PYTHON

# Tables by kind are this long because a piece that was not understood has the last 16-bit id.
TABLE = 65_536

_COUNT = PYTHON.node_kind_count


def _by_name() -> dict[str | None, list[int]]:
    found: dict[str | None, list[int]] = {}
    for kind in filter(PYTHON.node_kind_is_named, range(_COUNT)):
        found.setdefault(PYTHON.node_kind_for_id(kind), []).append(kind)
    return found


_NAMED = _by_name()


def kind_ids(name: str) -> tuple[int, ...]:
    """Return the ids of a kind of named node; several when the grammar aliases it."""
    found = _NAMED.get(name)
    if found is None:
        raise LookupError(f"the grammar has no {name!r}")
    return tuple(found)


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


# Kinds that say something by themselves: no punctuation, comments, joined lines or errors.
MEANT = bytes(PYTHON.node_kind_is_named(k) and k not in EXTRAS for k in range(_COUNT)).ljust(
    TABLE, b"\0"
)
# Kinds that stand as statements, the pieces included that were not understood.
STANDING = MEANT[:ERROR] + b"\1"


def named_children(node: TreeNode) -> list[TreeNode]:
    """Return the children that are no punctuation, comments, joined lines or errors."""
    children = node.named_children
    for child in children:
        if not MEANT[child.kind_id]:
            return [child for child in children if MEANT[child.kind_id]]
    return children
