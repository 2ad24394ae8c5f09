"""Indexes the current folder again, and beside it lists and stats its files, in one process."""

from __future__ import annotations

import os
from pathlib import Path

from bench.probes.reporting import Stopwatch
from tracegloss.index.build import index_folder
from tracegloss.index.store.store import cache_folder


def look_at_every_file(folder: str) -> int:
    """Return how many Python files there are, after asking for the size and time of each."""
    seen = 0
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            if entry.name != ".git":
                seen += look_at_every_file(entry.path)
        elif entry.name.endswith(".py"):
            seen += entry.stat(follow_symlinks=False).st_mtime_ns != 0
    return seen


def main() -> None:
    watch = Stopwatch()
    watch.time("scandir and stat", lambda: look_at_every_file("."))
    watch.time("warm start", lambda: index_folder(Path.cwd(), (), cache_folder()))
    watch.report()


if __name__ == "__main__":
    main()
