"""Which cell a made-up file of Jupyter's kernel stands for, by the number in its name."""

from __future__ import annotations

import re

_FILE = re.compile(r"ipykernel_\d+/(\d{1,10})\.py\Z")
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
