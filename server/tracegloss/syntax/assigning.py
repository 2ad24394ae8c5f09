"""What an assignment binds: names, attributes, elements and unpacked tuples."""

from __future__ import annotations

from tree_sitter import Node as TreeNode

from tracegloss.syntax.facts import (
    Assignment,
    Constant,
    Expression,
    Items,
    Name,
    Opaque,
    Subscript,
)
from tracegloss.syntax.kinds import kind_ids, kinds, named_children
from tracegloss.syntax.reading import EXPRESSIONS, Reading, read, read_parts

_NAMED = kinds("identifier", "attribute")
[_SUBSCRIPT] = kind_ids("subscript")
_SPLATS = kinds("list_splat_pattern", "list_splat")
_UNPACKED = kinds(
    "pattern_list",
    "tuple_pattern",
    "list_pattern",
    "tuple",
    "list",
    "expression_list",
    "parenthesized_expression",
    "as_pattern_target",
)
_WHOLE = kinds("parenthesized_expression", "as_pattern_target")


def assign(
    reading: Reading, target: TreeNode, value: Expression, annotation: str | None = None
) -> None:
    """Record that `target` is bound to `value`, name by name."""
    kind = target.kind_id
    if kind in _NAMED:
        owner = EXPRESSIONS[kind](reading, target)
        if isinstance(owner, Name):
            _bind(reading, target, owner.dotted, value, annotation)
    elif kind == _SUBSCRIPT:
        _assign_element(reading, target, value)
    elif kind in _UNPACKED:
        _unpack(reading, target, value)
    elif kind in _SPLATS:
        for child in target.children:
            if child.is_named:
                assign(reading, child, value)
    else:
        read_parts(reading, target)


def _assign_element(reading: Reading, target: TreeNode, value: Expression) -> None:
    element = read(reading, target)
    if isinstance(element, Subscript) and isinstance(element.of, Name):
        _bind(reading, target, f"{element.of.dotted}[]", value, None, element.key)


def _bind(
    reading: Reading,
    target: TreeNode,
    dotted: str,
    value: Expression,
    annotation: str | None,
    key: Expression | None = None,
) -> None:
    scope = reading.scope
    if reading.outer:
        scope = reading.outer.get(dotted.removesuffix("[]"), scope)
    line = reading.places.line(target.start_byte)
    reading.assignments.append(
        Assignment(dotted, value, scope, line, annotation, reading.guarded, key)
    )


def _unpack(reading: Reading, target: TreeNode, value: Expression) -> None:
    members = named_children(target)
    if target.kind_id in _WHOLE:
        for member in members:
            assign(reading, member, value)
        return
    splat = next((n for n, member in enumerate(members) if member.kind_id in _SPLATS), None)
    for number, member in enumerate(members):
        assign(reading, member, _element(value, number, len(members), splat))


def _element(value: Expression, number: int, n_members: int, splat: int | None) -> Expression:
    known = value.items if isinstance(value, Items) else ()
    if splat is None:
        if len(known) == n_members:
            return known[number]
        return Subscript(value, Constant(number))
    if number == splat:
        return Opaque("*")
    return Subscript(value, Constant(number if number < splat else number - n_members))
