"""The files of a folder and their stamps, asked of a second process while this one starts."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from tracegloss.index.files.discover import AskedGit, Listing, list_files
from tracegloss.index.files.sharing import can_share
from tracegloss.index.files.stamps import Stamp, stamp_of

_Stamps = dict[str, Stamp]


class AskedFiles:
    """A folder's files, asked for now and read later: git's list and ten thousand stamps take long.

    Without a second process git alone is asked.
    """

    def __init__(self, root: Path) -> None:
        """Ask; what goes wrong is found out by who looks without the answer."""
        self.root = root
        self.git: AskedGit | None = None
        self._answer: tuple[int, int] | None = None
        if can_share():
            self._answer = _beside(lambda: _stamped(root))
        else:
            self.git = AskedGit(root)

    def stamps(self) -> Mapping[str, Stamp] | None:
        """Wait for the regular files by path, sorted; `None` when they have to be looked for.

        Files that settings exclude and files too large to be read are among them.
        """
        if self._answer is None:
            return None
        child, reading = self._answer
        self._answer = None
        with os.fdopen(reading, "rb") as answered:
            received = answered.read()
        _, status = os.waitpid(child, 0)
        return msgspec.msgpack.decode(received, type=_Stamps) if status == 0 else None


def _stamped(root: Path) -> _Stamps:
    """List and stamp a folder's files; raises `ValueError` where there is more to say of them."""
    if not root.is_dir():
        raise ValueError(root)
    listing: Listing = list_files(root)
    if listing.problems:
        raise ValueError(root)
    found = ((path, stamp_of(f"{root}/{path}")) for path in listing.paths)
    return {path: stamp for path, stamp in found if stamp is not None}


def _beside(work: Callable[[], _Stamps]) -> tuple[int, int]:
    """Let a second process work; give its id, and where to read what it found.

    It ends without the cleaning up of this one, and without a word: its output is nobody's.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    status = 1
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(nowhere, standard)
        with os.fdopen(writing, "wb") as answer:
            answer.write(msgspec.msgpack.encode(work()))
        status = 0
    finally:
        os._exit(status)
