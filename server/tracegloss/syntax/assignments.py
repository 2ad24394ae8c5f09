"""Assignment statements, annotated, augmented and chained, and what a module exports."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from tree_sitter import Node as TreeNode

from tracegloss.syntax.assigning import assign
from tracegloss.syntax.expressions import NONE, read_bare, settle_comma
from tracegloss.syntax.facts import Constant, Expression, Items, Opaque
from tracegloss.syntax.kinds import COMMAS_COUNT, MEANT, TUPLES, kind_ids, mark_id, named_children
from tracegloss.syntax.reading import (
    EXPRESSIONS,
    MODULE,
    Reading,
    collect,
    read,
    reads,
    run_parts,
    runs,
)

[_STRING] = kind_ids("string")
# The letters of prefixes of strings with holes: `f`, `t`.
_WITH_HOLES = frozenset(b"ft")
[_TYPE] = kind_ids("type")
_EQUALS = mark_id("=")


@runs("expression_statement")
def _statement(reading: Reading, node: TreeNode) -> None:
    for member in node.children:
        kind = member.kind_id
        if kind == _STRING:
            if _is_interpolated(reading, member):
                read(reading, member)
        elif kind in TUPLES:
            read_bare(reading, member)
        elif MEANT[kind]:
            EXPRESSIONS[kind](reading, member)


def _is_interpolated(reading: Reading, node: TreeNode) -> bool:
    """Tell whether a string may hold expressions, other than the many docstrings."""
    start = node.start_byte
    return not _WITH_HOLES.isdisjoint(reading.source[start : start + 2].lower())


@reads("assignment")
def _assignment(reading: Reading, node: TreeNode) -> Expression:
    target, annotation, right = _parts(reading, node)
    bare_target(reading, target)
    if right is None:
        assign(reading, target, Opaque(""), annotation)
        return NONE
    value = read_bare(reading, right)
    assign(reading, target, value, annotation)
    if reading.scope == MODULE and reading.text(target) == "__all__":
        reading.exports = []
        _export(reading, value)
    return value


def _parts(reading: Reading, node: TreeNode) -> tuple[TreeNode, str | None, TreeNode | None]:
    children = node.children
    if len(children) == 3 and children[1].kind_id == _EQUALS:
        return children[0], None, children[2]
    members = named_children(node)
    annotation: str | None = None
    right: TreeNode | None = None
    for member in members[1:]:
        if member.kind_id == _TYPE and annotation is None:
            annotation = annotation_text(reading, member)
        else:
            right = member
    return members[0], annotation, right


def bare_target(reading: Reading, target: TreeNode) -> None:
    """Treat the parentheses around the targets of an assignment or a loop as layout."""
    kind = target.kind_id
    if kind not in COMMAS_COUNT:
        return
    if kind in TUPLES:
        reading.layout.drop(target.start_byte, target.end_byte)
    settle_comma(reading, target, len(named_children(target)))


def annotation_text(reading: Reading, node: TreeNode) -> str:
    """Return an annotation as source text on one line; its calls count, but run nowhere."""
    text = reading.source[node.start_byte : node.end_byte]
    if b"(" in text:
        collect(reading, run_parts, node)
    return _on_one_line(text)


@lru_cache(maxsize=2048)
def _on_one_line(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").split())


@reads("augmented_assignment")
def _augmented(reading: Reading, node: TreeNode) -> Expression:
    members = named_children(node)
    value = read_bare(reading, members[-1])
    if reading.scope == MODULE and reading.text(members[0]) == "__all__":
        _export(reading, value)
    assign(reading, members[0], reading.opaque(node))
    return value


def _export(reading: Reading, value: Expression) -> None:
    if isinstance(value, Items):
        reading.exports = [*(reading.exports or ()), *_strings(value.items)]


def _strings(items: Iterable[Expression]) -> list[str]:
    return [
        item.value for item in items if isinstance(item, Constant) and isinstance(item.value, str)
    ]


def export_more(reading: Reading, method: str, values: tuple[Expression, ...]) -> None:
    """Take `__all__.extend([...])` and `__all__.append(...)` into account."""
    if method == "__all__.append":
        reading.exports = [*(reading.exports or ()), *_strings(values)]
    elif method == "__all__.extend" and values:
        _export(reading, values[0])


@runs("global_statement")
def _global(reading: Reading, node: TreeNode) -> None:
    for name in named_children(node):
        reading.outer[reading.text(name)] = MODULE
