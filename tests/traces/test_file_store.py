"""A file store, as MLflow before 3.6 made by itself, is read by MLflow's client and left alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.traces.opened import opened
from tests.traces.test_stores import digest_of
from tests.tracking_server import ROOT
from tracegloss.errors import SourceError, TraceNotFoundError
from tracegloss.traces.choose_store import is_file_store
from tracegloss.traces.query import Source, TraceQuery
from tracegloss.traces.sources import open_source
from tracegloss.traces.tracking_uri import parse_tracking_uri

PATIENT = 120.0


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    program = ROOT / "fixtures" / "stores" / "recorded_program.py"
    environment = {
        **os.environ,
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false",
    }
    command = [sys.executable, "-W", "ignore", str(program), str(folder / "mlruns")]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return folder / "mlruns"


def source(runs: Path) -> Source:
    return open_source(parse_tracking_uri(str(runs), runs), {}, runs / "nobody", PATIENT)


def experiment(found: Source) -> str:
    return next(e.experiment_id for e in found.experiments() if opened(e.name) == "orders")


def test_traces_of_a_file_store_are_read_and_the_store_is_left_alone(runs: Path) -> None:
    before = digest_of(runs), sorted(runs.rglob("*"))
    assert is_file_store(runs)
    found = source(runs)
    infos = list(found.search(TraceQuery((experiment(found),), name="answer")))
    traces = [found.trace(info.trace_id) for info in infos]
    assert [(trace.info.state.value, len(trace.spans)) for trace in traces] == [
        ("ERROR", 5),
        ("OK", 7),
    ]
    assert (digest_of(runs), sorted(runs.rglob("*"))) == before


def test_an_unknown_trace_of_a_file_store(runs: Path) -> None:
    with pytest.raises(TraceNotFoundError):
        source(runs).trace("tr-" + "0" * 32)


def test_a_file_store_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such store"):
        source(tmp_path / "gone").experiments()
    assert list(tmp_path.iterdir()) == []
