"""Open documents are parsed again after an edit as if from the beginning, and can be stopped."""

from __future__ import annotations

import inspect

import pytest

from tracegloss.syntax import bodies
from tracegloss.syntax.facts import Extent
from tracegloss.syntax.parse import edited, first_error, parse, parse_again
from tracegloss.text import LineIndex

TEXT = inspect.getsource(bodies)[:3000] + "\r\nx = 'é😀'\r\n"


def after_edit(start: int, end: int, inserted: str) -> tuple[str, str]:
    """The tree after one edit, parsed again and parsed anew."""
    before, after = TEXT.encode(), (TEXT[:start] + inserted + TEXT[end:]).encode()
    lines, new_lines = LineIndex.of(before), LineIndex.of(after)
    first = lines.position_at(len(TEXT[:start].encode()))
    last = lines.position_at(len(TEXT[:end].encode()))
    changed = Extent(first.line, first.column, last.line, last.column)
    end_of_new = new_lines.position_at(len((TEXT[:start] + inserted).encode()))
    tree = edited(parse(before), lines, new_lines, changed, end_of_new)
    again = parse_again(after, tree)
    assert again is not None
    return str(again.root_node), str(parse(after).root_node)


@pytest.mark.parametrize("inserted", ["", "a", "(", "\n", "é", '"""', "def f():\n    "])
@pytest.mark.parametrize("start, length", [(0, 0), (500, 1), (1500, 40), (len(TEXT), 0)])
def test_an_edit_gives_the_tree_of_the_new_text(start: int, length: int, inserted: str) -> None:
    again, anew = after_edit(start, start + length, inserted)
    assert again == anew


def test_without_a_tree_before_the_whole_text_is_read() -> None:
    again = parse_again(TEXT.encode())
    assert again is not None
    assert str(again.root_node) == str(parse(TEXT.encode()).root_node)


def test_a_parse_can_be_cancelled() -> None:
    assert parse_again(TEXT.encode() * 200, cancelled=lambda: True) is None


@pytest.mark.parametrize("line", ["#", "    # é", "\\", "# a\r", "#\n\n"])
def test_a_hundred_thousand_comments_hold_nobody_up(line: str) -> None:
    before = "def f():\n    return 1\n"
    source = f"{before}{line}\n".encode() + f"{line}\n".encode() * 100_000 + b"def last():\n    x\n"
    last = parse(source).root_node.children[-1]
    assert last.type == "function_definition"
    assert last.start_byte == source.index(b"def last")
    again = parse_again(source)
    assert again is not None
    assert str(again.root_node) == str(parse(source).root_node)


ERRORS = {
    "none": ("a = 1", None),
    "unexpected": ("a = 1\nb = )\n", 1),
    "missing": ("a = 1\n\nf(", 2),
}


@pytest.mark.parametrize("source, row", ERRORS.values(), ids=ERRORS)
def test_the_first_error_is_found(source: str, row: int | None) -> None:
    error = first_error(parse(source.encode()).root_node)
    assert (None if error is None else error.start_point.row) == row
