"""What the file system says of a file, by which a change of it is told."""

from __future__ import annotations

import os
import stat
from typing import NamedTuple


class Stamp(NamedTuple):
    """What the file system says of a file: equal stamps stand for equal bytes."""

    mtime_ns: int
    size: int
    inode: int


def stamp_of(path: str) -> Stamp | None:
    """Stamp a regular file; links are left out, for what they name is listed by itself.

    `None` too for a file that git lists and that is deleted on disk.
    """
    try:
        found = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return Stamp(found.st_mtime_ns, found.st_size, found.st_ino)
