"""Open documents: parsed again after every edit, and cut into the statements they consist of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from tree_sitter import Point, Tree

from tracegloss.syntax.databricks import uncomment
from tracegloss.syntax.parse import MAX_BYTES, parse_again
from tracegloss.text import LineIndex


class ParsedDocument(Struct, frozen=True, eq=False):
    """The text of a document with its tree, which the next text's tree is made from."""

    text: LineIndex
    tree: Tree

    @property
    def is_broken(self) -> bool:
        """Tell whether a part of the text was not understood."""
        return self.tree.root_node.has_error


class Statement(Struct, frozen=True):
    """Whole lines of one or several statements of a module, from a 0-based line on."""

    line: int
    source: bytes


def parsed_document(
    text: LineIndex, before: ParsedDocument | None, cancelled: Callable[[], bool]
) -> ParsedDocument | None:
    """Parse a document, reusing what is known of an earlier text of it; `None` once cancelled.

    Other threads run meanwhile. An edit costs what it touches, not what the document is long.
    """
    old = None if before is None else _told(before, text)
    tree = parse_again(text.source, old, cancelled=cancelled)
    return None if tree is None else ParsedDocument(text, tree)


def statements(document: ParsedDocument) -> tuple[Statement, ...] | None:
    """Cut a document into its statements; `None` where that says less than the whole does.

    That is the case while the text does not parse, and for texts that are read in another way:
    very large ones, and notebooks whose Python stands in comments.
    """
    source = document.text.source
    if len(source) > MAX_BYTES or document.is_broken:
        return None
    if uncomment(source).text is not source:
        return None
    return tuple(_cut(document))


def _cut(document: ParsedDocument) -> Iterator[Statement]:
    """Yield runs of lines that no statement reaches over."""
    text = document.text
    first = last = -1
    for node in document.tree.root_node.children:
        start, end = (text.position_at(at).line for at in (node.start_byte, node.end_byte))
        if first < 0 or start > last:
            if first >= 0:
                yield _lines(text, first, last)
            first = start
        last = max(last, end)
    if first >= 0:
        yield _lines(text, first, last)


def _lines(text: LineIndex, first: int, last: int) -> Statement:
    end = text.starts[last + 1] if last + 1 < text.n_lines else len(text.source)
    return Statement(first, text.source[text.starts[first] : end])


def _told(before: ParsedDocument, text: LineIndex) -> Tree:
    """Tell the tree of the text before which lines were replaced: all that differ, as one edit."""
    old, new = before.text.source, text.source
    room = min(len(old), len(new))
    start = old.rfind(b"\n", 0, _common_head(old, new, room)) + 1
    tail = _common_tail(old, new, room - start)
    end = old.find(b"\n", len(old) - tail)
    old_end = len(old) if end < 0 else end
    new_end = len(new) - (len(old) - old_end)
    copy = before.tree.copy()
    places = (_point(old, start), _point(old, old_end), _point(new, new_end))
    copy.edit(start, old_end, new_end, *places)
    return copy


def _point(source: bytes, offset: int) -> Point:
    # The parser's own rows end at `\n` alone, and its columns are bytes.
    return Point(source.count(b"\n", 0, offset), offset - source.rfind(b"\n", 0, offset) - 1)


def _common_head(one: bytes, other: bytes, room: int) -> int:
    """Count the bytes that two texts begin with alike, `room` at most."""
    alike, unlike = 0, room + 1
    while unlike - alike > 1:
        middle = (alike + unlike) // 2
        if one[alike:middle] == other[alike:middle]:
            alike = middle
        else:
            unlike = middle
    return alike


def _common_tail(one: bytes, other: bytes, room: int) -> int:
    """Count the bytes that two texts end with alike, `room` at most."""
    alike, unlike = 0, room + 1
    while unlike - alike > 1:
        middle = (alike + unlike) // 2
        pieces = (text[len(text) - middle : len(text) - alike] for text in (one, other))
        if next(pieces) == next(pieces):
            alike = middle
        else:
            unlike = middle
    return alike
