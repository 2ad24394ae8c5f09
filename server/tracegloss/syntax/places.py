"""Byte offsets of one text as extents in lines and code points."""

from __future__ import annotations

from bisect import bisect_right

from tracegloss.syntax.facts import Extent
from tracegloss.text import LineIndex


class Places:
    """Converts the byte offsets of one UTF-8 text; 0-based lines, columns in code points."""

    __slots__ = ("_ascii", "_source", "_starts")

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._starts = LineIndex.of(source).starts
        self._ascii = source.isascii()

    @property
    def n_lines(self) -> int:
        """Count lines, an empty one after the last line end included."""
        return len(self._starts)

    def line(self, offset: int) -> int:
        """Return the line of a byte offset."""
        return bisect_right(self._starts, offset) - 1

    def extent(self, start: int, end: int) -> Extent:
        """Convert a range of bytes."""
        starts = self._starts
        line = bisect_right(starts, start) - 1
        end_line = line
        if line + 1 < len(starts) and end >= starts[line + 1]:
            end_line = bisect_right(starts, end) - 1
        if self._ascii:
            return Extent(line, start - starts[line], end_line, end - starts[end_line])
        return Extent(line, self._column(line, start), end_line, self._column(end_line, end))

    def _column(self, line: int, offset: int) -> int:
        prefix = self._source[self._starts[line] : offset]
        return len(prefix) if prefix.isascii() else len(prefix.decode("utf-8", "ignore"))
