"""The sample agent, really run once under MLflow, as a folder that a test may change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conftest import REPOSITORY
from tests.lsp.editor import Editor, editing

AGENT = REPOSITORY / "fixtures" / "apps" / "support_agent"


@pytest.fixture(scope="session")
def recorded_agent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The agent with a store of its two traces, one of them judged."""
    folder = tmp_path_factory.mktemp("recorded") / "agent"
    shutil.copytree(AGENT, folder, ignore=shutil.ignore_patterns("__pycache__", "mlruns", "*.db"))
    record(folder, "sqlite:///mlflow.db", "--judge")
    return folder


def record(folder: Path, tracking_uri: str, *options: str) -> None:
    """Run the agent once: two traces, of which one fails."""
    subprocess.run(
        [sys.executable, "main.py", "--tracking-uri", tracking_uri, *options],
        cwd=folder,
        env=clean_environment(),
        capture_output=True,
        check=True,
    )


OTHER = """
import mlflow
mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.set_experiment("support_agent")
with mlflow.start_span("weather") as span:
    span.set_inputs({"city": "Oslo"})
"""


def record_other(folder: Path) -> None:
    """Record a trace of other code into the agent's experiment."""
    command = [sys.executable, "-c", OTHER]
    subprocess.run(command, cwd=folder, env=clean_environment(), capture_output=True, check=True)


def clean_environment() -> dict[str, str]:
    """The environment without anything that would send traces elsewhere."""
    return {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}


@pytest.fixture
def agent(recorded_agent: Path, tmp_path: Path) -> Path:
    """The recorded agent for one test to change."""
    folder = tmp_path / "agent"
    shutil.copytree(recorded_agent, folder)
    (tmp_path / "home").mkdir()
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(
    recorded_agent: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Editor]:
    """An editor with its traces loaded, for the tests of a module that only look."""
    folder = tmp_path_factory.mktemp("shared") / "agent"
    shutil.copytree(recorded_agent, folder)
    (folder.parent / "home").mkdir()
    async with editing(folder) as editor:
        await editor.loaded()
        yield editor


@pytest_asyncio.fixture(loop_scope="module")
async def reading(shared: Editor) -> AsyncIterator[Editor]:
    """The shared editor; what a test opened in it is closed again, however the test ends."""
    yield shared
    shared.close_all()


@pytest_asyncio.fixture
async def editor(agent: Path) -> AsyncIterator[Editor]:
    """An editor on the agent's folder, with its traces loaded."""
    async with editing(agent) as editor:
        await editor.loaded()
        yield editor
