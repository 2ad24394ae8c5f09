"""Calls that took longer than in earlier loaded traces are told; no store is asked for that."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from tests.history.repositories import committed, started
from tests.lsp.conftest import clean_environment
from tests.lsp.editor import editing

# What is unusual is work, and more of it by far than what else a busy machine does meanwhile.
PROGRAM = """\
import mlflow


@mlflow.trace
def add_up(numbers):
    return sum(range(numbers))


for _ in range(9):
    add_up(9)
add_up(5_000_000)
mlflow.flush_trace_async_logging()
"""
SETTINGS = "[tool.tracegloss.rules.slower-than-usual]\nmin-calls = 6\nmin-above-ms = 20\n"


async def test_an_unusual_call_is_told_at_its_function(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    repository = started(tmp_path / "repository")
    files = {"service.py": PROGRAM, "pyproject.toml": SETTINGS, ".gitignore": "mlflow.db\n"}
    committed(repository, files)
    environment = {**clean_environment(), "MLFLOW_TRACKING_URI": "sqlite:///mlflow.db"}
    command = [sys.executable, "service.py"]
    await asyncio.to_thread(
        subprocess.run, command, cwd=repository, env=environment, check=True, capture_output=True
    )
    async with editing(repository, options={"trackingUri": "sqlite:///mlflow.db"}) as editor:
        editor.open("service.py")
        await editor.until(lambda: editor.told("service.py"))
        assert editor.told("service.py") == [("add_up", "slower-than-usual")]
        assert "9 calls)" in await editor.hover("service.py", 4, 5)
