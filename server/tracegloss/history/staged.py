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
# In the first byte of the extended flags: a file that is to be added, whose text is not staged.
_TO_BE_ADDED = 0x20
# Extensions that say that entries are elsewhere: in a shared file, or folded into their folder.
_ELSEWHERE = frozenset({b"link", b"sdir"})
_LARGEST = 200_000_000
_NEVER = -1


class Staged(Struct, frozen=True):
    """A file as git last compared it with the disk: nanoseconds, bytes, blob id.

    One that changed in the moment git wrote its index has a time that no file has.
    """

    mtime_ns: int
    size: int
    blob: bytes


def staged_files(git_folder: Path, id_size: int = 20) -> dict[str, Staged]:
    """Read the index of a repository by path from its top; `id_size` is 20, with SHA-256 32.

    Conflicts, files whose text is not staged, and an index that is split, sparse or cannot be read
    are left out: who asks has to look at those files.
    """
    path = git_folder / "index"
    try:
        written_ns = path.stat().st_mtime_ns
        data = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
        return dict(_entries(data, id_size, written_ns)) if data[:4] == _SIGNATURE else {}
    except (OSError, ValueError, IndexError, struct.error):
        return {}


def _entries(data: bytes, id_size: int, written_ns: int) -> Iterator[tuple[str, Staged]]:
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
        is_staged = not flags & _EXTENDED or not data[at + entry.size] & _TO_BE_ADDED
        if is_staged and not flags & _STAGE:
            mtime_ns = seconds * 1_000_000_000 + nanoseconds
            yield (
                os.fsdecode(name),
                Staged(mtime_ns if mtime_ns < written_ns else _NEVER, size, blob),
            )
        at = following
    _check_rest(data, at, len(data) - id_size)


def _check_rest(data: bytes, at: int, end: int) -> None:
    """Walk over the extensions behind the entries; raises `ValueError` where entries are elsewhere.

    So it does when they do not end at the checksum, because entries were read in a wrong form.
    """
    while at < end:
        if data[at : at + 4] in _ELSEWHERE:
            raise ValueError("not all entries are here")
        at += 8 + int.from_bytes(data[at + 4 : at + 8], "big")
    if at != end:
        raise ValueError("entries in another form")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Read a number in the offset encoding of pack files; gives it and what follows."""
    value = data[at] & 0x7F
    while data[at] & 0x80:
        at += 1
        value = ((value + 1) << 7) | (data[at] & 0x7F)
    return value, at + 1
