"""Calls: what is called, with which arguments, where."""

from __future__ import annotations

from tree_sitter import Node as TreeNode

from tracegloss.syntax.assignments import export_more
from tracegloss.syntax.expressions import read_operand
from tracegloss.syntax.facts import (
    Access,
    Argument,
    Call,
    CallNode,
    Constant,
    Expression,
    Invocation,
    Name,
    Opaque,
)
from tracegloss.syntax.kinds import MEANT, kind_ids, kinds, named_children
from tracegloss.syntax.reading import EXPRESSIONS, MODULE, Reading, read, reads
from tracegloss.syntax.templates import formatted

[_ARGUMENTS] = kind_ids("argument_list")
[_KEYWORD] = kind_ids("keyword_argument")
[_SPLAT] = kind_ids("list_splat")
[_DICTIONARY_SPLAT] = kind_ids("dictionary_splat")
[_IDENTIFIER] = kind_ids("identifier")
[_ATTRIBUTE] = kind_ids("attribute")
[_CALL] = kind_ids("call")
# What stands around the last name of what is called.
_WRAPPING = kinds("call", "dictionary_splat", "list_splat", "parenthesized_expression", "subscript")
_EMPTY = len("()")
_STAR = ord("*")
_STARS_AND_SPACE = frozenset((b"*", b" "))


@reads("call")
def _call(reading: Reading, node: TreeNode) -> Expression:
    children = node.children
    function, given = children[0], children[-1]
    start, end = function.start_byte, function.end_byte
    source = reading.source
    if source[start] == _STAR:
        # The grammar takes the star of `("x", *a.b())` for a part of what is called.
        start = _after_stars(source, start)
    callee = reading.known.get(source[start:end]) or _callee(reading, function)
    arguments: tuple[Argument, ...] = ()
    if given.kind_id == _ARGUMENTS:
        if given.end_byte - given.start_byte > _EMPTY:
            arguments = read_arguments(reading, given)
    else:
        arguments = (Argument(None, read(reading, given)),)
    calls = reading.calls
    index = len(calls)
    if isinstance(callee, Name):
        last = callee.dotted.rpartition(".")[2]
        named = (end - len(last if last.isascii() else last.encode()), end)
    else:
        named = last_name(function)
    extent, at = reading.places.extents(start, given.end_byte, named)
    calls.append(Call(callee, arguments, at, extent, reading.scope))
    reading.nodes.append(CallNode(index))
    return _value(reading, callee, arguments, Invocation(index))


def _after_stars(source: bytes, start: int) -> int:
    while source[start : start + 1] in _STARS_AND_SPACE:
        start += 1
    return start


def _callee(reading: Reading, node: TreeNode) -> Expression:
    callee = read_operand(reading, node)
    if isinstance(callee, Access) and isinstance(callee.of, Opaque):
        starred = callee.of.text
        if starred.startswith("*"):
            return Name(f"{starred.lstrip('* ')}.{callee.attribute}")
    if isinstance(callee, Opaque) and callee.text.startswith("*"):
        return Name(callee.text.lstrip("* "))
    return callee


def _value(
    reading: Reading, callee: Expression, arguments: tuple[Argument, ...], invocation: Invocation
) -> Expression:
    if isinstance(callee, Access):
        if callee.attribute == "format" and isinstance(callee.of, Constant):
            return formatted(callee.of, arguments) or invocation
    elif reading.scope == MODULE and isinstance(callee, Name) and callee.dotted[:4] == "__al":
        export_more(reading, callee.dotted, tuple(each.value for each in arguments))
    return invocation


def read_arguments(reading: Reading, node: TreeNode) -> tuple[Argument, ...]:
    """Read the arguments of a call or the bases of a class, in their order."""
    arguments: list[Argument] = []
    for child in node.children:
        kind = child.kind_id
        if not MEANT[kind]:
            continue
        if kind == _KEYWORD:
            parts = child.children
            value = parts[-1]
            keyword = reading.source[child.start_byte : parts[0].end_byte].decode()
            arguments.append(Argument(keyword, EXPRESSIONS[value.kind_id](reading, value)))
        elif kind == _SPLAT:
            arguments.append(Argument("*", _unpacked(reading, child)))
        elif kind == _DICTIONARY_SPLAT:
            arguments.append(Argument("**", _unpacked(reading, child)))
        else:
            starred = kind == _CALL and reading.source[child.start_byte] == _STAR
            value_read = EXPRESSIONS[kind](reading, child)
            arguments.append(Argument("*" if starred else None, value_read))
    return tuple(arguments)


def _unpacked(reading: Reading, node: TreeNode) -> Expression:
    return read(reading, named_children(node)[-1])


def last_name(node: TreeNode) -> tuple[int, int]:
    """Return the bytes where the last name of what is called or used as decorator stands."""
    kind = node.kind_id
    while kind in _WRAPPING:
        inner = named_children(node)
        if not inner:
            break
        node = inner[0]
        kind = node.kind_id
    if kind == _ATTRIBUTE:
        node = node.children[-1]
    elif kind != _IDENTIFIER:
        return node.start_byte, node.start_byte + 1
    return node.start_byte, node.end_byte
