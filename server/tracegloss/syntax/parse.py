"""Bytes to a syntax tree: whole files, and open documents again after each edit."""

from __future__ import annotations

from collections.abc import Callable

import tree_sitter_python
from tree_sitter import Language, Node, Parser, Point, Tree

from tracegloss.syntax.facts import Extent
from tracegloss.syntax.long_comments import without_long_comments
from tracegloss.text import LineIndex, Position

PYTHON = Language(tree_sitter_python.language())

# Whole files share a parser, for it keeps its memory; parsing bytes never lets another thread run.
_PARSER = Parser(PYTHON)

# Beyond this a file is data or generated; parsing one megabyte takes about a tenth of a second.
MAX_BYTES = 4_000_000

_CHUNK = 65_536


def parse(source: bytes) -> Tree:
    """Parse UTF-8 bytes; broken code gives a tree with `ERROR` nodes, never an exception."""
    return _PARSER.parse(without_long_comments(source))


def parse_again(
    source: bytes, old: Tree | None = None, *, cancelled: Callable[[], bool] = lambda: False
) -> Tree | None:
    """Parse an open document, reusing the tree that `edited` returned for the text before.

    Reads through a callback, so other threads run meanwhile. Returns `None` once `cancelled`
    answers true.
    """
    parser = Parser(PYTHON)
    text = without_long_comments(source)

    def read(offset: int, _point: Point) -> bytes:
        return text[offset : offset + _CHUNK]

    def progress(_offset: int, _has_error: bool) -> bool:
        return cancelled()

    try:
        if old is None:
            return parser.parse(read, encoding="utf8", progress_callback=progress)
        return parser.parse(read, old, "utf8", progress)
    except ValueError:
        # What the parser raises when its progress callback asked it to stop.
        parser.reset()
        return None


def edited(tree: Tree, before: LineIndex, after: LineIndex, changed: Extent, end: Position) -> Tree:
    """Return a copy of a tree, told of one edit, for `parse_again`.

    `changed` is the replaced range in the text before, `end` where its replacement ends in the
    text after; lines 0-based, columns in code points.
    """
    copy = tree.copy()
    start = Position(changed.line, changed.column)
    start_byte, start_point = _place(before, start)
    old_end_byte, old_end_point = _place(before, Position(changed.end_line, changed.end_column))
    new_end_byte, new_end_point = _place(after, end)
    copy.edit(start_byte, old_end_byte, new_end_byte, start_point, old_end_point, new_end_point)
    return copy


def _place(lines: LineIndex, position: Position) -> tuple[int, Point]:
    # The parser's own rows end at `\n` alone.
    offset = lines.offset_of(position)
    row = lines.source.count(b"\n", 0, offset)
    return offset, Point(row, offset - (lines.source.rfind(b"\n", 0, offset) + 1))


def first_error(root: Node) -> Node | None:
    """Return the first node that the grammar did not understand, if there is one."""
    if not root.has_error:
        return None
    node = root
    while not (node.is_error or node.is_missing):
        inner = next((child for child in node.children if child.has_error), None)
        if inner is None:
            return node
        node = inner
    return node
