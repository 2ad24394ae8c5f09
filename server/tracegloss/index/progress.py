"""How far an index has come, told to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

# Called with the number of files that are done with and the number of files in all.
TellProgress: TypeAlias = Callable[[int, int], None]

_STEPS = 100


def tell_nobody(_n_done: int, _n_files: int) -> None:
    """Take progress that nobody waits for."""


class Progress:
    """Counts the files of a tree that an index is done with.

    A file is done once a search of its bytes left it out, or once its facts are at hand. `tell` is
    called with 0 at first, with rising numbers about a hundred times, and with all files at the
    end.
    """

    def __init__(self, n_files: int, tell: TellProgress) -> None:
        self._n_files = n_files
        self._tell = tell
        self._done: set[str] = set()
        self._next = max(n_files // _STEPS, 1)
        tell(0, n_files)

    def done(self, *paths: str) -> None:
        """Count files that were not counted before."""
        self._done.update(paths)
        if self._next <= len(self._done) < self._n_files:
            self._next = len(self._done) + max(self._n_files // _STEPS, 1)
            self._tell(len(self._done), self._n_files)

    def finish(self) -> None:
        """Tell that the index is there, and nothing from then on: nobody waits for it any more.

        Facts are also read later, when a report first asks for them.
        """
        if self._n_files:
            self._tell(self._n_files, self._n_files)
        self._tell = tell_nobody
