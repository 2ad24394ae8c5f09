"""The tags of a logged model, read from a store and from a server that MLflow really made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tracking_server import STORES, free_port, serving
from tracegloss.reveal import reveal
from tracegloss.traces.query import Source
from tracegloss.traces.sources import open_source
from tracegloss.traces.tracking_uri import parse_tracking_uri

PROGRAM = """\
import mlflow
tags = {"mlflow.source.git.commit": "1" * 40, "mlflow.source.git.dirty": "true"}
print(mlflow.initialize_logged_model(name="agent", tags=tags).model_id)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A sqlite store with one logged model, and the model's id."""
    folder = tmp_path_factory.mktemp("store")
    database = folder / "mlflow.db"
    environment = {**os.environ, "MLFLOW_TRACKING_URI": f"sqlite:///{database}"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return database, done.stdout.split()[-1]


def source(address: str, folder: Path) -> Source:
    return open_source(parse_tracking_uri(address, folder), {}, folder)


def check(address: str, folder: Path, model_id: str) -> None:
    opened = source(address, folder)
    tags = reveal(opened.model_tags(model_id))
    assert tags["mlflow.source.git.commit"] == "1" * 40
    assert tags["mlflow.source.git.dirty"] == "true"
    assert reveal(opened.model_tags("m-" + "0" * 32)) == {}


def test_a_sqlite_store(made: tuple[Path, str]) -> None:
    database, model_id = made
    check(f"sqlite:///{database}", database.parent, model_id)


def test_a_server(made: tuple[Path, str]) -> None:
    database, model_id = made
    with serving(database, free_port()) as address:
        check(address, database.parent, model_id)


def test_a_store_from_before_there_were_models(tmp_path: Path) -> None:
    database = shutil.copy(STORES / "2.14.3" / "store.db", tmp_path / "store.db")
    assert reveal(source(f"sqlite:///{database}", tmp_path).model_tags("m-1")) == {}
