"""Shows on a terminal that something takes its time, and nothing when it does not."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 1.0


class _Display:
    """A line on standard error that comes after a while and goes without a trace."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._show, name="tracegloss-progress", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _show(self) -> None:
        if self._over.wait(PATIENCE_SECONDS):
            return
        # It takes a sixth of a second to import, which only those who wait anyway should pay.
        from rich.console import Console

        with Console(stderr=True).status(self._words):
            self._over.wait()


@contextmanager
def telling(words: str) -> Iterator[None]:
    """Show `words` on standard error while the work goes on, if it is a terminal.

    Nothing is shown of work that ends within a second.
    """
    if not sys.stderr.isatty():
        yield
        return
    display = _Display(words)
    display.start()
    try:
        yield
    finally:
        display.stop()
