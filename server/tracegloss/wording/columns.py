"""How many columns of a terminal a text takes, and padding and wrapping by that measure."""

from __future__ import annotations

from unicodedata import combining, east_asian_width


def cells(text: str) -> int:
    """Count terminal columns: wide characters take two, combining marks and joiners none."""
    return len(text) if text.isascii() else sum(map(_cells_of, text))


def pad(text: str, width: int) -> str:
    """Fill with spaces on the right up to `width` columns."""
    return text + " " * (width - cells(text))


def pad_left(text: str, width: int) -> str:
    """Fill with spaces on the left up to `width` columns."""
    return " " * (width - cells(text)) + text


def wrap(text: str, width: int) -> list[str]:
    """Break at spaces into lines of at most `width` columns; words are never broken.

    A word longer than `width` (a path) stands on a line of its own and runs over it.
    """
    first, *words = text.split(" ")
    lines = [first]
    for word in words:
        if cells(lines[-1]) + 1 + cells(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}"
    return [line.rstrip() for line in lines]


def _cells_of(character: str) -> int:
    if character.isascii():
        return 1
    if combining(character) or character in "\u200d\ufe0e\ufe0f":
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
