"""When a source is looked at again: how long to wait, and whether a local store has changed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from tracegloss.workspace.worker.jobs import SourceChosen

SHORTEST_POLL = 2.0
LONGEST_POLL = 60.0
# Looking at a source on this machine costs little, so that what comes is shown at once always.
NEAR_POLL = 1.0
_LOOPBACK = ("http://localhost", "http://127.", "http://[::1]", "https://localhost", "https://127.")


class Pace:
    """The pause between two looks in seconds: short while there is news, longer without."""

    def __init__(self) -> None:
        """Begin with the shortest."""
        self.seconds = SHORTEST_POLL

    def quicken(self) -> None:
        """Look soon again: something came, or may come."""
        self.seconds = SHORTEST_POLL

    def slacken(self) -> None:
        """Wait longer: nothing came."""
        self.seconds = min(self.seconds * 2, LONGEST_POLL)


def is_near(answer: SourceChosen) -> bool:
    """Tell whether a source is on this machine, so that looking at it costs nobody anything."""
    return answer.watched is not None or (answer.source.uri or "").startswith(_LOOPBACK)


def stamp_of(path: Path | None) -> object:
    """Tell whether a local store may have changed: the times and sizes of its files.

    `None` for what shows no such stamps.
    """
    if path is None or path.is_dir():
        return None
    found = []
    for each in (path, path.with_name(f"{path.name}-wal")):
        with suppress(OSError):
            stat = each.stat()
            found.append((stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def has_store(root: Path) -> bool:
    """Tell whether a folder has a store in one of the places where one is made by itself."""
    return (root / "mlflow.db").is_file() or (root / "mlruns").is_dir()
