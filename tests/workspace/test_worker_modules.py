"""The worker process runs our modules, never those of the folder that an editor has open."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracegloss.workspace.worker.client import Worker
from tracegloss.workspace.worker.jobs import OpenRoot, RootOpened, RootRequest


async def test_modules_of_the_current_folder_are_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("queue", "pickle", "msgspec", "tracegloss"):
        (tmp_path / f"{name}.py").write_text("open('was run', 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    worker = Worker()
    try:
        opened = await worker.ask(OpenRoot(RootRequest(tmp_path, cache=False)))
    finally:
        worker.kill()
    assert isinstance(opened, RootOpened)
    assert opened.index.files == {"queue.py", "pickle.py", "msgspec.py", "tracegloss.py"}
    assert not (tmp_path / "was run").exists()
