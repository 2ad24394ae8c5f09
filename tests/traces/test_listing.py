"""`tracegloss traces` on a recorded store, as a user would run it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.tracking_server import NEWEST_STORE, STORES
from tracegloss.cli.traces import traces
from tracegloss.errors import SourceError, UsageError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(STORES / NEWEST_STORE / "store.db", tmp_path / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(traces, [*arguments, "--no-cache"], standalone_mode=False)


def listed(*arguments: str) -> list[str]:
    answer = json.loads(run("--format", "json", *arguments).output)
    return [trace["name"] for trace in answer["traces"]]


ROWS = """\
orders, experiment 1 (the only experiment with traces) · sqlite:///mlflow.db
… tr-1f8531c0c577d5ed43aaf7408dfc249b  2026-11-23 15:47:54 UTC  0.0 ms
  tr-e5316923c2b5611d88dca28fe2e77395  2026-11-23 15:47:52 UTC  0.0 ms          labelled
  tr-085c809954a6f6132fcffbad3d3ba3c6  2026-11-23 15:47:52 UTC   14 ms          streamed
✗ tr-f9bef8d25e86132ad33c341fb4b063d1  2026-11-23 15:47:52 UTC   45 ms          answer
  tr-19fe842c54650d34e509976c646aa774  2026-11-23 15:47:52 UTC  378 ms  54 tok  answer
5 traces, newest first
"""


@pytest.mark.usefixtures("folder")
def test_one_row_a_trace() -> None:
    assert run().output.strip() == ROWS.strip()


SEARCHES: dict[str, tuple[list[str], list[str | None]]] = {
    "a state": (["--state", "error"], ["answer"]),
    "a name": (["--name", "streamed"], ["streamed"]),
    "a session": (["--session", "session-1"], ["labelled"]),
    "a tag": (["--tag", "team=orders #1", "--tag", "customer=c-1"], ["labelled"]),
    "metadata": (["--metadata", "mlflow.trace.user=user-1"], ["labelled"]),
    "a window": (["--since", "2026-11-23T15:47:53", "--until", "2027-01-01"], [None]),
    "a duration": (["--min-duration", "0.1s", "--max-duration", "1m"], ["answer"]),
    "an order and a limit": (["--order", "longest", "--limit", "1"], ["answer"]),
    "nothing": (["--name", "gone"], []),
}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("case", SEARCHES)
def test_searching(case: str) -> None:
    arguments, wanted = SEARCHES[case]
    assert listed(*arguments) == wanted


@pytest.mark.usefixtures("folder")
def test_experiments() -> None:
    answer = json.loads(run("--experiments", "--format", "json").output)
    assert answer["experiments"] == [
        {"experiment_id": "0", "name": "Default", "traces": 0},
        {"experiment_id": "1", "name": "orders", "traces": 5},
    ]
    assert "orders  5 traces" in run("--experiments").output


def test_two_experiments_with_traces_are_listed(folder: Path) -> None:
    import sqlite3

    with sqlite3.connect(folder / "mlflow.db") as database:
        database.execute("UPDATE trace_info SET experiment_id = 0 WHERE status = 'ERROR'")
    result = run()
    assert result.return_value == 2
    assert result.output.startswith("Which experiment? 2 of 2 experiments have traces")
    assert "orders  4 traces" in result.output


FAULTS = {
    "an experiment that is not there": (["--experiment", "gone"], SourceError),
    "a store that is not there": (["--tracking-uri", "sqlite:///gone.db"], SourceError),
    "half a pair": (["--tag", "team"], UsageError),
    "no moment": (["--since", "soon"], UsageError),
}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("case", FAULTS)
def test_faults(case: str) -> None:
    arguments, kind = FAULTS[case]
    assert isinstance(run(*arguments).exception, kind)


def test_recorded_text_is_redacted_and_safe_to_print(folder: Path) -> None:
    import sqlite3

    key = "sk-" + "a1B2" * 8
    with sqlite3.connect(folder / "mlflow.db") as database:
        database.execute("UPDATE trace_info SET trace_name = ?", (f"\x1b[2J {key}\n",))
        database.execute("UPDATE experiments SET name = ? WHERE experiment_id = 1", (f"e {key}",))
        database.execute("UPDATE trace_tags SET value = ?", (key,))
    for form in ("text", "json"):
        output = run("--format", form).output
        assert key not in output
        assert "\x1b" not in output
        assert "[key #1]" in output
