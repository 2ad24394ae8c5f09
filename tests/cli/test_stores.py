"""`correlate` over a real server and over its sqlite file: one report; stores stay as they are."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.cli.running import Ran, Shell, check_fault, check_report
from tests.traces.hosts import Reply, serving
from tests.tracking_server import NEWEST_STORE, ROOT, STORES, Server

PROGRAM = ROOT / "fixtures" / "stores" / "recorded_program.py"
FAILED = "tr-f9bef8d25e86132ad33c341fb4b063d1"
NEWEST_OK = "tr-e5316923c2b5611d88dca28fe2e77395"


@pytest.fixture
def program(tmp_path: Path) -> Shell:
    """The program that recorded the stores, in a folder of its own."""
    folder = tmp_path / "program"
    folder.mkdir()
    shutil.copy(PROGRAM, folder)
    return Shell(folder, tmp_path / "home")


def digest(database: Path) -> str:
    return hashlib.sha256(database.read_bytes()).hexdigest()


def members(ran: Ran) -> dict[str, object]:
    assert (ran.status, ran.said) == (0, "")
    told: dict[str, object] = json.loads(ran.out)
    told.pop("source")
    return told


@pytest.mark.parametrize("trace_id", [FAILED, NEWEST_OK])
def test_a_server_and_its_file_give_one_report(
    program: Shell, server: Server, trace_id: str
) -> None:
    before = digest(server.database)
    over_http = program.correlate(trace_id, "--tracking-uri", server.address, "--format", "json")
    over_file = program.correlate(
        trace_id, "--tracking-uri", f"sqlite:///{server.database}", "--format", "json"
    )
    assert members(over_http) == members(over_file)
    assert json.loads(over_http.out)["source"]["kind"] == "server"
    assert json.loads(over_file.out)["source"]["kind"] == "sqlite"
    assert digest(server.database) == before


def test_the_ways_to_name_a_trace_of_a_server(program: Shell, server: Server) -> None:
    by_id = program.correlate(FAILED, "--tracking-uri", server.address)
    check_report(by_id, "ValueError: no order", "recorded_program.py:")
    page = f"{server.address}/#/experiments/1/traces?selectedEvaluationId={FAILED}"
    by_address = program.correlate(page)
    same = by_id.text.partition("\nNEXT")[0]
    assert by_address.text.partition("\nNEXT")[0] == same
    by_variable = program.correlate(FAILED, MLFLOW_TRACKING_URI=server.address)
    assert by_variable.text.partition("\nNEXT")[0] == same
    experiment = program.correlate(f"{server.address}/#/experiments/1/traces")
    last = program.correlate("last", "--tracking-uri", server.address, "--experiment", "1")
    check_report(last, "experiment orders (1): given with --experiment")
    assert experiment.text.splitlines()[0] == last.text.splitlines()[0]
    unknown = program.correlate("tr-0", "--tracking-uri", server.address)
    check_fault(unknown, f"No trace tr-0 ({server.address}). List them: tracegloss traces")


def test_an_address_names_the_workspace_of_its_trace(program: Shell) -> None:
    with serving({"/": Reply(404)}) as host:
        for page, asked_for in (("/?workspace=team#/", "team"), ("/#/", None)):
            program.correlate(f"{host.address}{page}experiments/1/traces?traceId={FAILED}")
            assert host.asked[-1].headers.get("X-MLFLOW-WORKSPACE") == asked_for


@pytest.fixture
def with_store(program: Shell) -> Shell:
    """The program beside a store as MLflow makes it by default."""
    shutil.copy(STORES / NEWEST_STORE / "store.db", program.folder / "mlflow.db")
    return program


def test_last_is_the_newest_trace_this_code_made(with_store: Shell) -> None:
    before = digest(with_store.folder / "mlflow.db")
    ran = with_store.correlate("last")
    check_report(ran, "experiment orders (1): ")
    assert digest(with_store.folder / "mlflow.db") == before
    assert sorted(path.name for path in with_store.folder.iterdir()) == [
        "mlflow.db",
        "recorded_program.py",
    ]


def test_last_passes_over_traces_of_other_code(with_store: Shell) -> None:
    (with_store.folder / "recorded_program.py").write_text(
        "import mlflow\n\n@mlflow.trace\ndef another():\n    return 1\n"
    )
    ran = with_store.correlate("last")
    assert (ran.status, ran.said) == (2, "")
    assert ran.text.startswith("No trace found.\n  looked in  sqlite:///mlflow.db (found in this")
    assert "No trace of this repository (the newest 5 of experiment 1)" in ran.text
    check_fault(with_store.correlate("last", "--format", "json"), "No trace of this repository (")


def test_last_passes_over_traces_that_cannot_be_read(with_store: Shell) -> None:
    newest = with_store.correlate("last").text.splitlines()[0].split()[-1]
    assert newest != NEWEST_OK
    with sqlite3.connect(with_store.folder / "mlflow.db") as store:
        store.execute(
            "UPDATE trace_tags SET value = 'ARCHIVE_REPO' WHERE request_id = ? AND key = ?",
            (newest, "mlflow.trace.spansLocation"),
        )
    store.close()
    ran = with_store.correlate("last")
    assert (ran.status, ran.text.splitlines()[0].split()[-1]) == (0, NEWEST_OK)
    assert ran.said.startswith(f"tracegloss: trace {newest} is passed over: ")
    with sqlite3.connect(with_store.folder / "mlflow.db") as store:
        store.execute("UPDATE trace_tags SET value = 'ARCHIVE_REPO' WHERE key LIKE '%Location'")
        store.execute("DELETE FROM trace_info WHERE request_id NOT IN (?, ?)", (newest, NEWEST_OK))
    store.close()
    none = with_store.correlate("last", "--format", "json")
    assert (none.status, none.out) == (2, b"")
    assert none.said.startswith("tracegloss: MLflow's client failed: ")


def test_an_experiment_that_is_not_there(with_store: Shell) -> None:
    ran = with_store.correlate("last", "--experiment", "nothing", "--format", "json")
    check_fault(ran, "No such experiment (nothing, given with --experiment). ")


def test_a_program_named_from_the_root_tells_the_experiment(with_store: Shell) -> None:
    program = with_store.folder / "recorded_program.py"
    program.write_text(program.read_text("utf-8").replace("set_experiment", "get_experiment"))
    set_name = "UPDATE trace_request_metadata SET value = ? WHERE key = 'mlflow.source.name'"
    elsewhere = "../recorded_program.py"
    for name, status in (("recorded_program.py", 0), ("other.py", 2), (elsewhere, 2)):
        with sqlite3.connect(with_store.folder / "mlflow.db") as store:
            store.execute("UPDATE trace_info SET experiment_id = 0 WHERE request_id = ?", (FAILED,))
            store.execute(set_name, (name,))
        store.close()
        assert with_store.correlate("last").status == status, name


def test_several_experiments_are_a_question(with_store: Shell) -> None:
    program = with_store.folder / "recorded_program.py"
    program.write_text(program.read_text("utf-8").replace("set_experiment", "get_experiment"))
    with sqlite3.connect(with_store.folder / "mlflow.db") as store:
        store.execute("UPDATE trace_info SET experiment_id = 0 WHERE request_id = ?", (FAILED,))
        store.execute("DELETE FROM trace_request_metadata WHERE key LIKE 'mlflow.source.%'")
    store.close()
    ran = with_store.correlate("last", "--format", "json")
    check_fault(ran, "2 of 2 experiments have traces (experiments ")
    assert "Name one with --experiment" in ran.said
    text = with_store.correlate("last")
    assert (text.status, text.text.splitlines()[0]) == (2, "No trace found.")
    listed = with_store.tracegloss("traces")
    assert (listed.status, listed.text.splitlines()[0][:17]) == (2, "Which experiment?")


def test_traces_are_listed_and_searched(with_store: Shell) -> None:
    check_report(with_store.tracegloss("traces"), FAILED, NEWEST_OK, "5 traces, newest first")
    failed = with_store.tracegloss("traces", "--state", "error", "--format", "json")
    assert [t["trace_id"] for t in json.loads(failed.out)["traces"]] == [FAILED]
    check_report(with_store.tracegloss("traces", "--name", "absent"), "no trace matches")
    check_report(with_store.tracegloss("traces", "--experiments"), "orders")
    check_fault(with_store.tracegloss("traces", "--tag", "a"), "--tag wants KEY=VALUE (a). ")


def test_doctor_says_what_was_found_and_what_is_missing(with_store: Shell, agent: Shell) -> None:
    well = with_store.tracegloss("doctor")
    check_report(well, "sqlite:///mlflow.db (found in this folder)", "orders", "sites in 1 file;")
    ill = agent.tracegloss("doctor", MLFLOW_TRACKING_URI="http://me:hunter2secret@127.0.0.1:9")
    check_report(ill, "✗ store", "nobody listens there")
    assert "hunter2secret" not in ill.text
    told = json.loads(agent.tracegloss("doctor", "--format", "json").out)
    faults = [each["topic"] for each in told["observations"] if each["is_fault"]]
    assert faults == ["repository", "store"]
    assert all(each["remedy"] for each in told["observations"] if each["is_fault"])
