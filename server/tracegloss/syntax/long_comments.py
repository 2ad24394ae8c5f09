"""Takes very long runs of comments out of what the parser sees.

At each comment tree-sitter's scanner for Python looks for the next line of code over all comments
and line joins that follow, so a run costs the square of its length: 100,000 lines, minutes.
"""

from __future__ import annotations

from collections.abc import Iterator

# A run of so many lines costs 2 ms.
_LONG = 500


def without_long_comments(source: bytes) -> bytes:
    """Return the text with long runs blank, each line as long as it was."""
    if source.count(b"#") + source.count(b"\\") < _LONG:
        return source
    lines = source.split(b"\n")
    for start, end in _runs(lines):
        lines[start:end] = [b" " * len(line) for line in lines[start:end]]
    return b"\n".join(lines)


def _runs(lines: list[bytes]) -> Iterator[tuple[int, int]]:
    """Yield where long runs begin and end; blank lines may stand in them."""
    start = told = 0
    for number, line in enumerate(lines):
        text = line.strip()
        if text.startswith(b"#") or text == b"\\":
            told += 1
        elif text:
            if told >= _LONG:
                yield start, number
            start, told = number + 1, 0
    if told >= _LONG:
        yield start, len(lines)
