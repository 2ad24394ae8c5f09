"""A few lines of source around a place, as the report quotes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from tracegloss.model.site import Place
from tracegloss.text import LineIndex, TextRange
from tracegloss.wording.places import text_key

_QUOTES = ('"""', "'''", 'r"""', '"', "'")
_LONGEST_HEAD = 40


class SourceLine(Struct, frozen=True):
    """One line of a file with its 1-based number, as it stands in the file."""

    number: int
    text: str


def lines_before(
    texts: Mapping[str, LineIndex], place: Place, n_lines: int = 3
) -> tuple[SourceLine, ...]:
    """Quote the line of a place and those before it, back to an empty line at most."""
    index = texts.get(text_key(place))
    if index is None:
        return ()
    last = place.range.start.line
    first = last
    while first > max(0, last - n_lines + 1) and index.line_text(first - 1).strip():
        first -= 1
    return _lines(index, range(first, last + 1))


def first_statements(
    texts: Mapping[str, LineIndex], place: Place, extent: TextRange, n_lines: int = 2
) -> tuple[SourceLine, ...]:
    """Quote the first lines of a function's body, past its signature and docstring.

    `place` is the function's name; for a place that is no `def` or `class`, its own line is first.
    """
    index = texts.get(text_key(place))
    if index is None:
        return ()
    start = place.range.start.line
    if _is_definition(index.line_text(start)):
        start = _after_docstring(index, _after_signature(index, start))
    last = max(min(start + n_lines - 1, extent.end.line), place.range.start.line)
    start = min(start, last)
    return _lines(index, (line for line in range(start, last + 1) if index.line_text(line).strip()))


def from_place(
    texts: Mapping[str, LineIndex], place: Place, extent: TextRange | None, n_lines: int = 4
) -> tuple[SourceLine, ...]:
    """Quote lines from a place on, to the end of its extent at most."""
    index = texts.get(text_key(place))
    if index is None:
        return ()
    start = place.range.start.line
    last = min(start + n_lines - 1, max(start, extent.end.line) if extent else start)
    return _lines(index, range(start, last + 1))


def source_line(texts: Mapping[str, LineIndex], place: Place) -> str:
    """Return the one line of a place without its indentation; empty when its text is not there."""
    index = texts.get(text_key(place))
    return "" if index is None else index.line_text(place.range.start.line).strip()


def extent_text(texts: Mapping[str, LineIndex], place: Place, extent: TextRange) -> str:
    """Return the text of an extent, to compare copies; empty when its file is not there."""
    index = texts.get(text_key(place))
    if index is None:
        return ""
    lines = range(extent.start.line, extent.end.line + 1)
    return "\n".join(index.line_text(line) for line in lines)


def _lines(index: LineIndex, numbers: Iterable[int]) -> tuple[SourceLine, ...]:
    return tuple(
        SourceLine(number + 1, index.line_text(number))
        for number in numbers
        if number < index.n_lines
    )


def _is_definition(line: str) -> bool:
    return line.lstrip().startswith(("def ", "async def ", "class "))


def _after_signature(index: LineIndex, line: int) -> int:
    depth = 0
    for number in range(line, min(line + _LONGEST_HEAD, index.n_lines)):
        text = index.line_text(number).split("#", 1)[0].rstrip()
        depth += sum(map(text.count, "([{")) - sum(map(text.count, ")]}"))
        if depth <= 0 and text.endswith(":"):
            return number + 1
        if depth <= 0 and number == line:
            return line
    return line


def _after_docstring(index: LineIndex, line: int) -> int:
    text = index.line_text(line).strip()
    quote = next((q for q in _QUOTES if text.startswith(q)), None)
    if quote is None:
        return line
    marks = quote.removeprefix("r")
    if text.removeprefix("r").count(marks) >= 2:
        return line + 1
    for number in range(line + 1, min(line + _LONGEST_HEAD, index.n_lines)):
        if marks in index.line_text(number):
            return number + 1
    return line
