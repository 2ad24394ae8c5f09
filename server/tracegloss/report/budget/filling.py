"""Fills a bound of bytes with lines in a fixed order and says what had no room."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tracegloss.report.counting import count


class Block(Struct, frozen=True):
    """Lines of one kind. `noun` names one of them where they had no room, `remark` follows it.

    `heading` is written once before the first line and is not counted. `n_hidden` counts what the
    block itself left out already. `keeps_last` gives its last line room before any other's and
    leaves out its first ones: what leads up to a line is worth less than the line.
    """

    noun: str
    lines: tuple[str, ...]
    heading: str = ""
    remark: str = ""
    n_hidden: int = 0
    keeps_last: bool = False

    @property
    def n_all(self) -> int:
        """Count everything the block speaks of."""
        return len(self.lines) + self.n_hidden


def fill(required: Sequence[str], blocks: Sequence[Block], last: str, room: int) -> str:
    """Put blocks between the required lines and the last two, within `room` UTF-8 bytes.

    A block ends at its first line without room; the next may still find some. The second to last
    line says what was left out. The caller sees to it that required lines and the last two fit.
    """
    reserved = _size(_omitted([(block, block.n_all) for block in blocks]))
    left = room - sum(map(_size, required)) - _size(last) - reserved
    lines = list(required)
    omitted: list[tuple[Block, int]] = []
    for number, block in enumerate(blocks):
        taken = _fitting(block, left - _kept(blocks[number:], left))
        lines += taken
        left -= sum(map(_size, taken))
        shown = len(taken) - bool(taken and block.heading)
        omitted.append((block, block.n_all - shown))
    return "".join(f"{line}\n" for line in [*lines, _omitted(omitted), last])


def least_room(required: Sequence[str], blocks: Sequence[Block], last: str) -> int:
    """Return the bytes that a filling takes in which no block found room."""
    omitted = _omitted([(block, block.n_all) for block in blocks])
    return sum(map(_size, [*required, omitted, last]))


def _kept(blocks: Sequence[Block], left: int) -> int:
    """Return the bytes kept for blocks that come later, as far as the first line finds room too."""
    first, *later = blocks
    kept = sum(_size(block.heading) + _size(block.lines[-1]) for block in later if _keeps(block))
    least = sum(map(_size, first.lines[:1]))
    return kept if kept + least <= left else 0


def _keeps(block: Block) -> bool:
    return block.keeps_last and bool(block.lines)


def _fitting(block: Block, left: int) -> list[str]:
    head = [block.heading] if block.heading else []
    left -= sum(map(_size, head))
    taken: list[str] = []
    for line in reversed(block.lines) if block.keeps_last else block.lines:
        left -= _size(line)
        if left < 0:
            break
        taken.append(line)
    if block.keeps_last:
        taken.reverse()
    return [*head, *taken] if taken else []


def _omitted(omitted: Sequence[tuple[Block, int]]) -> str:
    said = [f"{count(number, b.noun)}{b.remark}" for b, number in omitted if number]
    return f"omitted: {', '.join(said) or 'nothing'}"


def _size(line: str) -> int:
    return len(line.encode("utf-8", "replace")) + 1
