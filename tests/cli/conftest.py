"""The sample agent with recorded traces of it, in a folder where nothing is configured."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.running import AGENT, TRACES, Shell

_LEFT_OUT = shutil.ignore_patterns("__pycache__", "mlruns", "mlflow.db")


@pytest.fixture(scope="session")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The agent's folder, shared by the tests: they only read it."""
    return _shell(tmp_path_factory.mktemp("agent"))


@pytest.fixture
def own_agent(tmp_path: Path) -> Shell:
    """The agent's folder for one test to change."""
    return _shell(tmp_path)


def _shell(folder: Path) -> Shell:
    shutil.copytree(AGENT, folder / "agent", ignore=_LEFT_OUT)
    for name in ("error-in-tool.json", "judged-wrong.json", "not-judged.json"):
        shutil.copy(TRACES / name, folder / "agent")
    (folder / "home").mkdir()
    return Shell(folder / "agent", folder / "home")
