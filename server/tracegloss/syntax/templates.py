"""Strings with holes: f-strings, adjacent literals, `+`, `%` and `.format`."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node as TreeNode

from tracegloss.syntax.expressions import read_operand
from tracegloss.syntax.facts import (
    Access,
    Argument,
    Constant,
    Entries,
    Expression,
    Items,
    Opaque,
    Template,
)
from tracegloss.syntax.kinds import EXTRAS, kind_ids, named_children
from tracegloss.syntax.reading import Reading, read, read_parts, reads
from tracegloss.syntax.strings import Hole, format_pieces, opening, percent_pieces, string_text

[_CONTENT] = kind_ids("string_content")
[_INTERPOLATION] = kind_ids("interpolation")
[_BINARY] = kind_ids("binary_operator")
# Longer strings are hardly ever repeated.
_LONGEST_KNOWN = 40
_QUOTES = frozenset(b"\"'")
_TRIPLE = frozenset((b'"""', b"'''"))


@reads("string")
def _string(reading: Reading, node: TreeNode) -> Expression:
    start, end = node.start_byte, node.end_byte
    source = reading.source
    if end - start > _LONGEST_KNOWN:
        return _new_string(reading, node, start, end)
    literal = source[start:end]
    known = reading.known.get(literal)
    if known is None:
        known = _new_string(reading, node, start, end)
        if isinstance(known, Constant):
            reading.known[literal] = known
    return known


def _new_string(reading: Reading, node: TreeNode, start: int, end: int) -> Expression:
    source = reading.source
    if source[start] in _QUOTES:
        n_quotes = 3 if end - start >= 6 and source[start : start + 3] in _TRIPLE else 1
        text = string_text(source[start + n_quotes : end - n_quotes], raw=False)
        return reading.opaque(node) if text is None else Constant(text)
    how = opening(source[start : start + 8])
    raw = "r" in how.prefix
    if "f" in how.prefix or "t" in how.prefix:
        return _interpolated(reading, node, raw=raw)
    content = source[start + how.n_prefix + how.n_quotes : end - how.n_quotes]
    text = None if "b" in how.prefix else string_text(content, raw=raw)
    return reading.opaque(node) if text is None else Constant(text)


def _interpolated(reading: Reading, node: TreeNode, *, raw: bool) -> Expression:
    pieces: list[str | Expression] = []
    for child in node.children:
        if child.kind_id == _CONTENT:
            content = reading.source[child.start_byte : child.end_byte]
            text = string_text(content.replace(b"{{", b"{").replace(b"}}", b"}"), raw=raw)
            pieces.append("\ufffd" if text is None else text)
        elif child.kind_id == _INTERPOLATION:
            pieces.extend(_hole(reading, child))
        elif child.is_error:
            read_parts(reading, child)
    return _joined(pieces)


def _hole(reading: Reading, node: TreeNode) -> list[str | Expression]:
    inside = named_children(node)
    if not inside:
        return [reading.opaque(node)]
    value = read(reading, inside[0])
    for format_part in inside[1:]:
        read_parts(reading, format_part)
    equals = next((child for child in node.children if child.type == "="), None)
    if equals is not None:
        told = reading.source[node.start_byte + 1 : equals.end_byte].decode("utf-8", "replace")
        return [told, value]
    if len(inside) == 1:
        return _pieces(value)
    return [value]


@reads("concatenated_string")
def _adjacent(reading: Reading, node: TreeNode) -> Expression:
    pieces: list[str | Expression] = []
    for part in named_children(node):
        value = read(reading, part)
        if isinstance(value, Opaque):
            return reading.opaque(node)
        pieces.extend(_pieces(value))
    return _joined(pieces)


@reads("binary_operator")
def _binary(reading: Reading, node: TreeNode) -> Expression:
    chain: list[tuple[TreeNode, bytes, TreeNode]] = []
    left = node
    while left.kind_id == _BINARY:
        parts = [child for child in left.children if child.kind_id not in EXTRAS]
        if len(parts) != 3:
            return read_parts(reading, node)
        operator = reading.source[parts[1].start_byte : parts[1].end_byte]
        chain.append((left, operator, parts[2]))
        left = parts[0]
    return _folded(reading, read_operand(reading, left), chain[::-1])


def _folded(
    reading: Reading, value: Expression, chain: list[tuple[TreeNode, bytes, TreeNode]]
) -> Expression:
    pieces: list[str | Expression] = []
    for whole, operator, operand in chain:
        right = read_operand(reading, operand)
        if operator == b"+" and (pieces or _is_text(value) or _is_text(right)):
            pieces = pieces or _pieces(value)
            pieces.extend(_pieces(right))
            continue
        value = _joined(pieces) if pieces else value
        pieces = []
        if operator == b"%" and isinstance(value, Constant) and isinstance(value.value, str):
            value = _percent(value.value, right)
        else:
            value = reading.opaque(whole)
    return _joined(pieces) if pieces else value


def _is_text(value: Expression) -> bool:
    return isinstance(value, Template) or (
        isinstance(value, Constant) and isinstance(value.value, str)
    )


def _pieces(value: Expression) -> list[str | Expression]:
    if isinstance(value, Template):
        return list(value.pieces)
    if isinstance(value, Constant) and isinstance(value.value, str):
        return [value.value]
    return [value]


def _joined(pieces: Sequence[str | Expression]) -> Expression:
    merged: list[str | Expression] = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        elif piece != "":
            merged.append(piece)
    if not merged:
        return Constant("")
    if len(merged) == 1 and isinstance(merged[0], str):
        return Constant(merged[0])
    return Template(tuple(merged))


def _percent(template: str, right: Expression) -> Expression:
    values = right.items if isinstance(right, Items) else (right,)
    keyed = dict(_keyed(right.entries)) if isinstance(right, Entries) else {}
    pieces: list[str | Expression] = []
    for piece in percent_pieces(template):
        if isinstance(piece, str):
            pieces.append(piece)
        elif isinstance(piece.key, int):
            known = piece.key < len(values)
            pieces.append(values[piece.key] if known else Opaque(f"%{piece.key}"))
        else:
            pieces.append(keyed.get(piece.key, Opaque(piece.key)))
    return _joined(pieces)


def _keyed(entries: Sequence[tuple[Expression, Expression]]) -> list[tuple[str, Expression]]:
    return [
        (key.value, value)
        for key, value in entries
        if isinstance(key, Constant) and isinstance(key.value, str)
    ]


def formatted(template: Constant, arguments: Sequence[Argument]) -> Expression | None:
    """Return the template that `template.format(*arguments)` fills; `None` when it is no text."""
    if not isinstance(template.value, str):
        return None
    positional = _positional(arguments)
    keywords = {each.keyword: each.value for each in arguments if each.keyword is not None}
    pieces: list[str | Expression] = []
    for piece in format_pieces(template.value):
        if isinstance(piece, str):
            pieces.append(piece)
        else:
            pieces.append(_filled(piece, positional, keywords))
    return _joined(pieces)


def _positional(arguments: Sequence[Argument]) -> list[Expression]:
    """Return the leading positional arguments; after an unpacked one nothing can be counted."""
    values: list[Expression] = []
    for argument in arguments:
        if argument.keyword is not None:
            break
        values.append(argument.value)
    return values


def _filled(
    hole: Hole, positional: Sequence[Expression], keywords: dict[str, Expression]
) -> Expression:
    value: Expression | None
    if isinstance(hole.key, int):
        value = positional[hole.key] if hole.key < len(positional) else None
    else:
        value = keywords.get(hole.key)
    if value is None:
        return Opaque(f"{{{hole.key}{hole.rest}}}"[:80])
    for attribute in hole.rest.split(".")[1:]:
        value = Access(value, attribute)
    return value if "[" not in hole.rest else Opaque(f"{{{hole.key}{hole.rest}}}"[:80])
