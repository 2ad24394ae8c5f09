"""Positions and ranges in source text, and the only converter between their units."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from msgspec import Struct, field


class Position(Struct, frozen=True, order=True):
    """A place between two characters: 0-based line, 0-based column in code points."""

    line: int
    column: int


class TextRange(Struct, frozen=True, order=True):
    """The characters from `start` up to but not including `end`."""

    start: Position
    end: Position

    def __contains__(self, position: Position) -> bool:
        """Tell whether a position is inside or at either end."""
        return self.start <= position <= self.end

    def covers(self, other: TextRange) -> bool:
        """Tell whether `other` lies wholly inside this range."""
        return self.start <= other.start and other.end <= self.end


def range_of(line: int, column: int, end_line: int, end_column: int) -> TextRange:
    """Build a range from four 0-based numbers, columns in code points."""
    return TextRange(Position(line, column), Position(end_line, end_column))


class LineIndex(Struct, frozen=True):
    r"""Converts positions of one text; lines end at `\n`, `\r\n` or `\r`, as Python's do."""

    source: bytes
    starts: tuple[int, ...] = field()

    @staticmethod
    def of(source: bytes) -> LineIndex:
        """Index UTF-8 bytes by their line starts."""
        return LineIndex(source, _line_starts(source))

    @property
    def n_lines(self) -> int:
        """Count lines; text after the last line end counts as a line, even when empty."""
        return len(self.starts)

    def line_bytes(self, line: int) -> bytes:
        """Return one 0-based line without its line end; empty past the last line."""
        if not 0 <= line < len(self.starts):
            return b""
        end = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.source)
        return self.source[self.starts[line] : end].rstrip(b"\r\n")

    def line_text(self, line: int) -> str:
        """Return one 0-based line as text; undecodable bytes become U+FFFD."""
        return self.line_bytes(line).decode("utf-8", "replace")

    def position_at(self, offset: int) -> Position:
        """Convert a byte offset into a position."""
        bounded = max(0, min(offset, len(self.source)))
        line = bisect_right(self.starts, bounded) - 1
        return Position(line, self.column_of_byte(line, bounded - self.starts[line]))

    def column_of_byte(self, line: int, byte_column: int) -> int:
        """Convert a byte column of a 0-based line into a column in code points."""
        prefix = self.line_bytes(line)[:byte_column]
        return byte_column if prefix.isascii() else len(prefix.decode("utf-8", "ignore"))

    def offset_of(self, position: Position) -> int:
        """Convert a position into a byte offset; columns past the line's end mean its end."""
        if position.line >= len(self.starts):
            return len(self.source)
        text = self.line_bytes(position.line)
        if text.isascii():
            return self.starts[position.line] + min(position.column, len(text))
        kept = text.decode("utf-8", "replace")[: position.column]
        return self.starts[position.line] + min(len(kept.encode()), len(text))

    def utf16_column(self, position: Position) -> int:
        """Convert a column in code points into UTF-16 code units (LSP's default encoding)."""
        prefix = self.line_text(position.line)[: position.column]
        return len(prefix) if prefix.isascii() else len(prefix.encode("utf-16-le")) // 2

    def position_from_utf16(self, line: int, utf16_column: int) -> Position:
        """Convert a 0-based line and UTF-16 column; half a surrogate pair means its start."""
        column = 0
        units = 0
        for character in self.line_text(line):
            units += 2 if ord(character) > 0xFFFF else 1
            if units > utf16_column:
                break
            column += 1
        return Position(line, column)


def _line_starts(source: bytes) -> tuple[int, ...]:
    lines = source.splitlines(keepends=True)
    starts = tuple(accumulate(map(len, lines), initial=0))
    return starts if not lines or lines[-1].endswith((b"\n", b"\r")) else starts[:-1]
