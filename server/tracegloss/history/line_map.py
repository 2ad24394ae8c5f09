"""Where the lines and tokens of an earlier text stand in the current one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from tracegloss.text import LineIndex, Position, TextRange

# Comparing more pairs of lines than this exactly would be felt while typing.
_EXACT_PAIRS = 1_000_000


class Run(Struct, frozen=True):
    """Lines that are equal in both texts: `length` of them, from 0-based `old` and `new` on."""

    old: int
    new: int
    length: int


class LineMap(Struct, frozen=True, eq=False):
    """Equal stretches of two texts in order, with an empty one at the end of both."""

    old: LineIndex
    new: LineIndex
    runs: tuple[Run, ...]

    def line(self, old: int) -> int | None:
        """Return where a 0-based line of the old text stands now; `None` when it was changed."""
        run = self._run_before(old)
        inside = run is not None and old < run.old + run.length
        return run.new + old - run.old if run is not None and inside else None

    def keeps(self, extent: TextRange) -> bool:
        """Tell whether the lines of a range stand together and unchanged in the new text."""
        run = self._run_before(extent.start.line)
        last = extent.end.line - (1 if extent.end.column == 0 else 0)
        return run is not None and last < run.old + run.length

    def stood(self, extent: TextRange) -> bool:
        """Tell whether the lines of a range of the new text stood together in the old one."""
        last = extent.end.line - (1 if extent.end.column == 0 else 0)
        return any(
            run.new <= extent.start.line and last < run.new + run.length for run in self.runs
        )

    def token(self, token: TextRange) -> TextRange | None:
        """Carry a range within one line over; `None` when its text is not there any more.

        On a changed line the same word is looked for where that line was.
        """
        line = self.line(token.start.line)
        if line is not None:
            return _moved(token, line)
        word = self.old.line_text(token.start.line)[token.start.column : token.end.column]
        return self._word(word, token.start) if word.strip() else None

    def extent(self, extent: TextRange) -> TextRange:
        """Carry a range of lines over, its ends to the nearest lines that are left."""
        start = self._nearest(extent.start.line)
        end = max(start, self._nearest(extent.end.line))
        return TextRange(
            Position(start, extent.start.column if start == extent.start.line else 0),
            Position(end, extent.end.column),
        )

    def _run_before(self, old: int) -> Run | None:
        number = bisect_right(self.runs, old, key=lambda run: run.old) - 1
        return self.runs[number] if number >= 0 else None

    def gap(self, old: int) -> range:
        """Return the new lines that stand where a changed line was."""
        number = bisect_right(self.runs, old, key=lambda run: run.old)
        before = self.runs[number - 1] if number else Run(0, 0, 0)
        return range(before.new + before.length, self.runs[min(number, len(self.runs) - 1)].new)

    def _nearest(self, old: int) -> int:
        line = self.line(old)
        if line is not None:
            return line
        gap = self.gap(old)
        run = self._run_before(old)
        within = old - (run.old + run.length if run is not None else 0)
        return min(gap.start + within, max(gap.start, gap.stop - 1))

    def _word(self, word: str, was: Position) -> TextRange | None:
        before = self.old.line_text(was.line)[: was.column].strip()
        found = [
            (row[:column].strip() != before, abs(line - was.line), line, column)
            for line in self.gap(was.line)
            if (row := self.new.line_text(line))
            for column in _columns(row, word)
        ]
        if not found:
            return None
        _, _, line, column = min(found)
        return TextRange(Position(line, column), Position(line, column + len(word)))


def line_map(old: LineIndex, new: LineIndex) -> LineMap:
    """Compare two texts line by line; what is equal at both ends costs next to nothing."""
    before, after = _lines(old), _lines(new)
    head = _common(before, after)
    room = min(len(before), len(after)) - head
    tail = min(room, _common(before[::-1], after[::-1]))
    runs = [Run(0, 0, head)] if head else []
    middle = before[head : len(before) - tail], after[head : len(after) - tail]
    runs += [Run(run.old + head, run.new + head, run.length) for run in _equal(*middle)]
    runs.append(Run(len(before) - tail, len(after) - tail, tail))
    return LineMap(old, new, tuple(runs))


def _equal(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[Run]:
    is_large = len(before) * len(after) > _EXACT_PAIRS
    matcher = SequenceMatcher(None, before, after, autojunk=is_large)
    for old, new, length in matcher.get_matching_blocks():
        if length:
            yield Run(old, new, length)


def _lines(text: LineIndex) -> list[bytes]:
    return text.source.splitlines()


def _common(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    number = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        number += 1
    return number


def _moved(token: TextRange, line: int) -> TextRange:
    last = line + token.end.line - token.start.line
    return TextRange(Position(line, token.start.column), Position(last, token.end.column))


def _columns(row: str, word: str) -> Iterator[int]:
    pattern = rf"(?<!\w){re.escape(word)}(?!\w)" if word.isidentifier() else re.escape(word)
    for match in re.finditer(pattern, row):
        yield match.start()
