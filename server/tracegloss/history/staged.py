"""Reads git's own index file: which blob each file was, and the stamp it had on disk by then.

Git commands that compare working files run the repository's filters; this file answers without
them. Format: `gitformat-index(5)`, versions 2 to 4.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

_SIGNATURE = b"DIRC"
# What is wanted of an entry's 40 bytes before its blob id (seconds and nanoseconds of the last
# change, the size), the blob id, and the flags.
_ENTRY = ">8xII20xI{id_size}sH"
_EXTENDED = 0x4000
_STAGE = 0x3000
_SPLIT = b"link"
_LARGEST = 200_000_000


class Staged(Struct, frozen=True):
    """A file as git last compared it with the disk: nanoseconds, bytes, blob id."""

    mtime_ns: int
    size: int
    blob: bytes


def staged_files(git_folder: Path, id_size: int = 20) -> dict[str, Staged]:
    """Read the index of a repository by path from its top; `id_size` is 20, with SHA-256 32.

    Files that changed in the moment git wrote its index, conflicts, and an index that is split or
    cannot be read are left out: who asks has to look at those files.
    """
    path = git_folder / "index"
    try:
        written_ns = path.stat().st_mtime_ns
        data = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
        if data[:4] != _SIGNATURE or _SPLIT in data[-4096:]:
            return {}
        found = dict(_entries(data, id_size))
    except (OSError, ValueError, IndexError, struct.error):
        return {}
    return {path: staged for path, staged in found.items() if staged.mtime_ns < written_ns}


def _entries(data: bytes, id_size: int) -> Iterator[tuple[str, Staged]]:
    version, number = (int.from_bytes(data[at : at + 4], "big") for at in (4, 8))
    if version not in {2, 3, 4}:
        raise ValueError("unknown version")
    entry = struct.Struct(_ENTRY.format(id_size=id_size))
    at, name = 12, b""
    for _ in range(number):
        seconds, nanoseconds, size, blob, flags = entry.unpack_from(data, at)
        name_at = at + entry.size + (2 if flags & _EXTENDED else 0)
        if version == 4:
            kept, name_at = _varint(data, name_at)
            end = data.index(b"\0", name_at)
            name = name[: len(name) - kept] + data[name_at:end]
            following = end + 1
        else:
            end = data.index(b"\0", name_at)
            name = data[name_at:end]
            following = at + (end - at + 8) // 8 * 8
        if not flags & _STAGE:
            yield os.fsdecode(name), Staged(seconds * 1_000_000_000 + nanoseconds, size, blob)
        at = following


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Read a number in the offset encoding of pack files; gives it and what follows."""
    value = data[at] & 0x7F
    while data[at] & 0x80:
        at += 1
        value = ((value + 1) << 7) | (data[at] & 0x7F)
    return value, at + 1
