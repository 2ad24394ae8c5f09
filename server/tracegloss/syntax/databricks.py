"""Databricks source notebooks: Python files whose other cells stand in `# MAGIC` comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

HEADER = b"# Databricks notebook source"

_COMMAND = re.compile(rb"# COMMAND -+\s*")
_MAGIC = re.compile(rb"# MAGIC(?: |(?=\r?\n?\Z))")
_PYTHON = re.compile(
    rb"%(?:python\b|%(?:capture|prun|py|python3?|time|timeit)\b|%writefile\s.*\.py\s*\Z)"
)


class Uncommented(msgspec.Struct, frozen=True):
    """A text whose `# MAGIC` code is visible; `shifts` has the bytes cut off before a line."""

    text: bytes
    shifts: Mapping[int, int]


def uncomment(text: bytes) -> Uncommented:
    """Make the Python in `# MAGIC` comments of a Databricks source notebook visible.

    Lines stay where they are; other files come back as they are.
    """
    if not text.startswith(HEADER) or b"# MAGIC" not in text:
        return Uncommented(text, {})
    lines = text.splitlines(keepends=True)
    shifts: dict[int, int] = {}
    for first, end in _commands(lines):
        for number in _code_lines(lines, first, end):
            magic = _MAGIC.match(lines[number])
            if magic is not None:
                shifts[number] = magic.end()
                lines[number] = lines[number][magic.end() :]
    return Uncommented(b"".join(lines), shifts)


def _commands(lines: list[bytes]) -> Iterator[tuple[int, int]]:
    """Yield the first line of each cell and the line after its last."""
    first = 1
    for number, line in enumerate(lines):
        if _COMMAND.fullmatch(line):
            yield first, number
            first = number + 1
    yield first, len(lines)


def _code_lines(lines: list[bytes], first: int, end: int) -> range:
    """Return the lines of a cell after the magic that makes them Python, if one does."""
    for number in range(first, end):
        magic = _MAGIC.match(lines[number])
        told = lines[number][magic.end() :].strip() if magic is not None else b""
        if told:
            return range(number + 1 if _PYTHON.match(told) else end, end)
    return range(end, end)
