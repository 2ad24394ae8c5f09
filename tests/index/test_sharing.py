"""A large tree is searched by two processes, and found to be what one process finds."""

from __future__ import annotations

import threading
from pathlib import Path

from tests.index.repositories import write_files
from tracegloss.index.build import IndexState, index_folder

_TEXTS = (
    "import mlflow\n\n\n@mlflow.trace\ndef traced():\n    pass\n",
    "from package import file_0\n\n\ndef plain():\n    return file_0.traced()\n",
    "import os\n",
)


def _alone(root: Path) -> IndexState:
    """Index while another thread runs: its locks forbid a second process."""
    ends = threading.Event()
    thread = threading.Thread(target=ends.wait)
    thread.start()
    try:
        return index_folder(root, (), None)
    finally:
        ends.set()
        thread.join()


def test_two_processes_find_what_one_finds(tmp_path: Path) -> None:
    texts = {f"package/file_{n}.py": _TEXTS[n % 3] for n in range(2_100)}
    root = write_files(tmp_path, {"package/__init__.py": "", **texts})
    told: list[int] = []
    shared = index_folder(root, (), None, lambda n_done, _: told.append(n_done)).index
    alone = _alone(root).index
    assert len(shared.sites) == 700
    assert shared.sites == alone.sites
    assert shared.indexed == alone.indexed
    assert told == sorted(set(told))
