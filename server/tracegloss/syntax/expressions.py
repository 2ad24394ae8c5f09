"""Expressions: names, literals, displays, operators, and where parentheses are layout."""

from __future__ import annotations

import re
import unicodedata

from tree_sitter import Node as TreeNode

from tracegloss.syntax.assigning import assign
from tracegloss.syntax.facts import (
    Access,
    Call,
    Constant,
    Entries,
    Expression,
    Invocation,
    Items,
    Name,
    Opaque,
    Options,
    ReturnNode,
    Role,
    Subscript,
)
from tracegloss.syntax.kinds import COMMAS_COUNT, MEANT, TUPLES, kind_ids, kinds, named_children
from tracegloss.syntax.reading import (
    EXPRESSIONS,
    MAX_DEPTH,
    Reading,
    read,
    read_parts,
    reads,
)
from tracegloss.syntax.strings import number

# Displays longer than this are data; they are read for their calls and kept as source text.
MAX_ITEMS = 512

NONE = Constant(None)
_TRUE = Constant(True)
_FALSE = Constant(False)

_COMMA = ord(",")

_DOTTED = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*(?:\.[A-Za-z_\x80-\xff][\w\x80-\xff]*)*")
[_DICTIONARY_SPLAT] = kind_ids("dictionary_splat")

[_PARENTHESES] = kind_ids("parenthesized_expression")
_SILENT = kinds("identifier", "none", "true", "false", "integer", "float")
_ATOMS = kinds("attribute", "call", "identifier", "subscript")


def name_text(reading: Reading, node: TreeNode) -> str:
    """Return an identifier as Python compares it (NFKC)."""
    return _normal(reading.source[node.start_byte : node.end_byte])


def _normal(text: bytes) -> str:
    if text.isascii():
        return text.decode()
    return unicodedata.normalize("NFKC", text.decode("utf-8", "replace"))


def mark_role(reading: Reading, expression: Expression, role: Role) -> None:
    """Say where the call of an expression stands, unless something nearer has said it."""
    if isinstance(expression, Invocation):
        call = reading.calls[expression.call]
        if call.role == "plain":
            reading.calls[expression.call] = Call(
                call.callee, call.arguments, call.at, call.extent, call.scope, role
            )
    elif isinstance(expression, Options):
        for option in expression.options:
            mark_role(reading, option, role)


@reads("identifier")
def _identifier(reading: Reading, node: TreeNode) -> Expression:
    text = reading.source[node.start_byte : node.end_byte]
    return reading.known.get(text) or _new_name(reading, text)


def _new_name(reading: Reading, text: bytes) -> Name:
    name = reading.known[text] = Name(_normal(text))
    return name


@reads("attribute")
def _attribute(reading: Reading, node: TreeNode) -> Expression:
    text = reading.source[node.start_byte : node.end_byte]
    known = reading.known.get(text)
    if known is not None:
        return known
    if _DOTTED.fullmatch(text):
        return _new_name(reading, text)
    parts = node.children
    reading.depth += 1
    of = read_operand(reading, parts[0])
    reading.depth -= 1
    attribute = name_text(reading, parts[-1])
    if isinstance(of, Name):
        return Name(f"{of.dotted}.{attribute}")
    return reading.opaque(node) if reading.depth >= MAX_DEPTH else Access(of, attribute)


@reads("none")
def _none(_reading: Reading, _node: TreeNode) -> Expression:
    return NONE


@reads("true")
def _true(_reading: Reading, _node: TreeNode) -> Expression:
    return _TRUE


@reads("false")
def _false(_reading: Reading, _node: TreeNode) -> Expression:
    return _FALSE


@reads("integer", "float")
def _number(reading: Reading, node: TreeNode) -> Expression:
    text = reading.source[node.start_byte : node.end_byte]
    return reading.known.get(text) or _new_number(reading, node, text)


def _new_number(reading: Reading, node: TreeNode, text: bytes) -> Expression:
    value = number(text.decode("utf-8", "replace"))
    found = reading.opaque(node) if value is None else Constant(value)
    reading.known[text] = found
    return found


@reads("ellipsis", "comment", "line_continuation", "pass_statement", "break_statement",
       "continue_statement", "string_content", "type_conversion", "escape_sequence")  # fmt: skip
def _nothing(reading: Reading, node: TreeNode) -> Expression:
    return reading.opaque(node)


@reads("unary_operator")
def _unary(reading: Reading, node: TreeNode) -> Expression:
    children = node.children
    value = read_operand(reading, children[-1])
    if isinstance(value, Constant) and type(value.value) in {int, float}:
        sign = reading.source[node.start_byte : node.start_byte + 1]
        if sign == b"-":
            return Constant(-value.value)  # type: ignore[operator]
        if sign == b"+":
            return value
    return reading.opaque(node)


@reads("parenthesized_expression")
def _parenthesized(reading: Reading, node: TreeNode) -> Expression:
    reading.layout.drop(node.start_byte, node.end_byte)
    return _inside(reading, node)


def read_operand(reading: Reading, node: TreeNode) -> Expression:
    """Read an expression where a pair of parentheses changes what the code means."""
    kind = node.kind_id
    if kind == _PARENTHESES:
        return _inside(reading, node)
    return EXPRESSIONS[kind](reading, node)


def read_bare(reading: Reading, node: TreeNode) -> Expression:
    """Read an expression where the parentheses of a tuple change nothing."""
    kind = node.kind_id
    if kind in TUPLES:
        reading.layout.drop(node.start_byte, node.end_byte)
    return EXPRESSIONS[kind](reading, node)


def settle_comma(reading: Reading, node: TreeNode, n_members: int) -> None:
    """Keep the last comma of a tuple where it makes the tuple, else treat it as layout."""
    for child in node.children[-2:]:
        if not child.is_named and reading.source[child.start_byte] == _COMMA:
            if n_members == 1:
                reading.layout.keep_comma(child.start_byte)
            elif child.start_byte > named_children(node)[-1].start_byte:
                reading.layout.drop(child.start_byte, child.end_byte)


def _inside(reading: Reading, node: TreeNode) -> Expression:
    children = node.children
    if len(children) == 3:
        return read(reading, children[1])
    value: Expression = NONE
    for child in named_children(node):
        value = read(reading, child)
    return value


@reads("not_operator", "comparison_operator")
def _operands(reading: Reading, node: TreeNode) -> Expression:
    for child in node.named_children:
        kind = child.kind_id
        if MEANT[kind] and kind not in _SILENT:
            read_operand(reading, child)
    return reading.opaque(node)


@reads("list", "tuple", "set", "expression_list", "pattern_list")
def _display(reading: Reading, node: TreeNode) -> Expression:
    members = named_children(node)
    if node.kind_id in COMMAS_COUNT:
        settle_comma(reading, node, len(members))
    reading.depth += 1
    items = tuple([EXPRESSIONS[member.kind_id](reading, member) for member in members])
    reading.depth -= 1
    if len(items) > MAX_ITEMS or reading.depth >= MAX_DEPTH:
        return reading.opaque(node)
    return Items(items)


@reads("dictionary")
def _dictionary(reading: Reading, node: TreeNode) -> Expression:
    entries: list[tuple[Expression, Expression]] = []
    reading.depth += 1
    for member in named_children(node):
        parts = member.named_children
        if len(parts) != 2:
            parts = named_children(member)
        if member.kind_id == _DICTIONARY_SPLAT:
            entries.append((Opaque("**"), read(reading, parts[-1])))
        elif len(parts) == 2:
            key, value = parts
            read_key, read_value = EXPRESSIONS[key.kind_id], EXPRESSIONS[value.kind_id]
            entries.append((read_key(reading, key), read_value(reading, value)))
        else:
            read(reading, member)
    reading.depth -= 1
    if len(entries) > MAX_ITEMS or reading.depth >= MAX_DEPTH:
        return reading.opaque(node)
    return Entries(tuple(entries))


@reads("list_splat", "dictionary_splat", "parenthesized_list_splat", "list_splat_pattern")
def _splat(reading: Reading, node: TreeNode) -> Expression:
    read_parts(reading, node)
    return reading.opaque(node)


@reads("subscript")
def _subscript(reading: Reading, node: TreeNode) -> Expression:
    parts = named_children(node)
    reading.depth += 1
    of = read_operand(reading, parts[0])
    keys = tuple([EXPRESSIONS[part.kind_id](reading, part) for part in parts[1:]])
    reading.depth -= 1
    if reading.depth >= MAX_DEPTH or not keys:
        return reading.opaque(node)
    return Subscript(of, keys[0] if len(keys) == 1 else Items(keys))


@reads("await")
def _await(reading: Reading, node: TreeNode) -> Expression:
    value = _awaited(reading, named_children(node)[-1])
    mark_role(reading, value, "await")
    return value


def _awaited(reading: Reading, node: TreeNode) -> Expression:
    inner = named_children(node) if node.kind_id == _PARENTHESES else []
    if len(inner) == 1 and inner[0].kind_id in _ATOMS:
        return read(reading, node)
    return read_operand(reading, node)


@reads("as_pattern")
def _as_pattern(reading: Reading, node: TreeNode) -> Expression:
    # Whatever binds the target reads it.
    return read(reading, named_children(node)[0])


@reads("yield")
def _yield(reading: Reading, node: TreeNode) -> Expression:
    value: Expression = NONE
    for child in named_children(node):
        value = read_bare(reading, child)
    reading.yields = True
    reading.nodes.append(ReturnNode(value, is_yield=True))
    return reading.opaque(node)


@reads("named_expression")
def _walrus(reading: Reading, node: TreeNode) -> Expression:
    parts = named_children(node)
    value = read(reading, parts[-1])
    if len(parts) == 2:
        assign(reading, parts[0], value)
    return value
