"""Byte offsets of one text as extents in lines and code points."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from tracegloss.syntax.facts import Extent
from tracegloss.text import LineIndex


class Places:
    """Converts the byte offsets of one UTF-8 text; 0-based lines, columns in code points.

    `shifts` has, by line, how many characters of the file stand before what the text has of it.
    """

    __slots__ = ("_shifts", "_source", "_special", "_starts")

    def __init__(self, source: bytes, shifts: Mapping[int, int]) -> None:
        self._source = source
        self._starts = LineIndex.of(source).starts
        self._shifts = shifts
        self._special = _wide_lines(source) | shifts.keys()

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
        if self._special and (line in self._special or end_line in self._special):
            return Extent(line, self._column(line, start), end_line, self._column(end_line, end))
        return Extent(line, start - starts[line], end_line, end - starts[end_line])

    def extents(self, start: int, end: int, inner: tuple[int, int]) -> tuple[Extent, Extent]:
        """Convert a range of bytes and one inside of it, mostly on the same line."""
        starts = self._starts
        line = bisect_right(starts, start) - 1
        on_one_line = line + 1 == len(starts) or end < starts[line + 1]
        if not on_one_line or line in self._special:
            return self.extent(start, end), self.extent(*inner)
        first = starts[line]
        whole = Extent(line, start - first, line, end - first)
        return whole, Extent(line, inner[0] - first, line, inner[1] - first)

    def _column(self, line: int, offset: int) -> int:
        before = self._source[self._starts[line] : offset].decode("utf-8", "ignore")
        return len(before) + self._shifts.get(line, 0)


def _wide_lines(source: bytes) -> frozenset[int]:
    """Return the lines that hold more than ASCII."""
    if source.isascii():
        return frozenset()
    lines = source.splitlines()
    return frozenset(number for number, line in enumerate(lines) if not line.isascii())
