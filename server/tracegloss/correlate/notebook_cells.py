"""Which cell a made-up file of Jupyter's kernel stands for, by the number in its name."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FILE = re.compile(r"ipykernel_\d+/(\d{1,10})\.py\Z")
_COMMAND = re.compile(r"(?:^|/)<?command-\d+(?:-\d+)?>?\Z")
_SOURCE_NOTEBOOK = b"# Databricks notebook source"
_BETWEEN = b"# COMMAND ----------"
_SEED = 0xC70F6907
_FACTOR = 0x5BD1E995
_WORD = 0xFFFFFFFF
LARGEST_CELL = 200_000


def cell_number(path: str) -> int | None:
    """Return the number in a path `…/ipykernel_41/2604.py`, slashes forward; else `None`."""
    found = _FILE.search(path)
    return None if found is None else int(found[1])


def number_of(source: bytes) -> int | None:
    """Number a cell's text as ipykernel names its file: MurmurHash2 over its UTF-8.

    Source: `ipykernel.compiler.get_file_name`. A cell that is very long has no number here.
    """
    if len(source) > LARGEST_CELL:
        return None
    number = _SEED ^ len(source)
    whole = len(source) & ~3
    for at in range(0, whole, 4):
        part = int.from_bytes(source[at : at + 4], "little") * _FACTOR & _WORD
        part = (part ^ part >> 24) * _FACTOR & _WORD
        number = number * _FACTOR & _WORD ^ part
    if whole < len(source):
        number = (number ^ int.from_bytes(source[whole:], "little")) * _FACTOR & _WORD
    number = (number ^ number >> 13) * _FACTOR & _WORD
    return number ^ number >> 15


def is_command(path: str) -> bool:
    """Tell whether a path is what Databricks calls a cell of a notebook: `<command-1234>`."""
    return _COMMAND.search(path) is not None


def command_lines(source: bytes, line: int) -> Iterator[int]:
    """Yield where a 1-based line of a Databricks cell stands in a notebook's source, cell by cell.

    Lines given are 0-based. Databricks writes a line between cells and an empty one below it; a
    file that is no such notebook has no cells.
    """
    lines = source.splitlines() if source.startswith(_SOURCE_NOTEBOOK) else []
    ends = [number for number, text in enumerate(lines) if text.rstrip() == _BETWEEN]
    for above, end in zip([0, *ends], [*ends, len(lines)], strict=True):
        first = above + 1
        if above and first < end and not lines[first].strip():
            first += 1
        if lines and first + line - 1 < end:
            yield first + line - 1
