"""What a store has around a trace: pieces of the same run, and earlier calls; on both roads."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import PATIENCE, Shell
from tests.conftest import REPOSITORY
from tests.history.repositories import committed, started
from tests.tracking_server import free_port, serving

# Times are given, not waited for: twenty usual calls, an unusual one, and pieces of that one's run.
PROGRAM = """
import mlflow

MS = 10**6
START = 1_790_000_000_000 * MS


def look_up(began_ms):
    began = START + began_ms * MS
    mlflow.start_span_no_context("look_up", start_time_ns=began).end(end_time_ns=began + 9 * MS)


def handle(began_ms, took_ms, session):
    began = START + began_ms * MS
    known = {"mlflow.trace.session": session}
    span = mlflow.start_span_no_context("handle", start_time_ns=began, metadata=known)
    if took_ms > 500:
        look_up(began_ms + 100)
    span.end(end_time_ns=began + took_ms * MS)


def rate(began_ms, session):
    began = START + began_ms * MS
    known = {"mlflow.trace.session": session}
    span = mlflow.start_span_no_context("rate", start_time_ns=began, metadata=known)
    span.end(end_time_ns=began + 9 * MS)


for number in range(20):
    handle(number * 1000, 40 + number, f"s{number}")
handle(30_000, 900, "late")
rate(30_200, "late")
rate(30_300, "other")
mlflow.flush_trace_async_logging()
"""


# What can be read in a moment from a server on a busy machine.
SETTINGS = "[tool.tracegloss.rules.slower-than-usual]\nmin-calls = 3\n"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A repository with a program that ran at its commit, and the store it wrote."""
    folder = tmp_path_factory.mktemp("program")
    repository = started(folder / "repository")
    files = {"service.py": PROGRAM, "pyproject.toml": SETTINGS, ".gitignore": "mlflow.db\n"}
    committed(repository, files)
    shell = Shell(repository, folder / "home")
    subprocess.run(
        [sys.executable, "service.py"],
        cwd=repository,
        env=shell.environment({"MLFLOW_TRACKING_URI": "sqlite:///mlflow.db"}),
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    return shell


@pytest.fixture(scope="module", params=["sqlite", "server"])
def road(request: pytest.FixtureRequest, program: Shell) -> Iterator[str]:
    database = program.folder / "mlflow.db"
    if request.param == "sqlite":
        yield f"sqlite:///{database}"
        return
    with serving(database, free_port()) as address:
        yield address


def report_of(program: Shell, road: str, name: str, *arguments: str) -> Any:
    """The JSON report of the newest trace of a name."""
    uri = ("--tracking-uri", road)
    listed = program.tracegloss("traces", *uri, "--name", name, "--format", "json")
    assert listed.status == 0, listed.said
    trace_id = json.loads(listed.out)["traces"][0]["trace_id"]
    ran = program.correlate(trace_id, *uri, "--format", "json", *arguments)
    assert (ran.status, ran.said) == (0, "")
    return json.loads(ran.out)


def said_by(report: Any, rule: str) -> list[tuple[str, str]]:
    found = [each for each in report["findings"] if each["rule"] == rule]
    names = {span["span_id"]: span["name"] for span in report["spans"]}
    return [(each["message"], "".join(names[s] for s in each["span_ids"])) for each in found]


def test_pieces_of_a_run_are_offered(program: Shell, road: str) -> None:
    """One of the same session, one without any that its code opens; not that of another session."""
    report = report_of(program, road, "handle")
    piece = report_of(program, road, "look_up")["trace"]["trace_id"]
    rated = [each for each in said_by(report, "trace-split") if piece not in each[0]]
    assert len(said_by(report, "trace-split")) == 2
    assert (f"May continue in {piece}", "handle") in said_by(report, "trace-split")
    [(message, _)] = rated
    session = message.removeprefix("May continue in ")
    back = program.correlate(session, "--tracking-uri", road)
    assert f"May be a part of {report['trace']['trace_id']}" in back.text


def test_what_asynchronous_nodes_and_threads_opened_is_offered(tmp_path: Path) -> None:
    """Recorded: the helpers of a graph's asynchronous node, and what a thread ran for another."""
    case = REPOSITORY / "fixtures" / "eval" / "claims_office"
    shutil.copytree(case / "app", tmp_path / "app")
    recorded = sorted((case / "traces").glob("*.json"))
    documents = [json.loads(path.read_bytes()) for path in recorded]
    shell = Shell(tmp_path / "app", tmp_path / "home")
    ran = shell.correlate("-", "--format", "json", given=json.dumps({"traces": documents}).encode())
    assert ran.status == 0, ran.said
    reports = [json.loads(line) for line in ran.out.splitlines()][:-1]
    names = {report["trace"]["trace_id"]: report["trace"]["name"] for report in reports}
    offered = [
        (report["trace"]["name"], names[each["values"]["trace_id"]], each["message"][:16])
        for report in reports
        for each in report["findings"]
        if each["rule"] == "trace-split"
    ]
    pieces = ["search_files", "stamp", "stamp", "stamp"]
    assert offered == [("files", piece, "May continue in ") for piece in pieces]


def test_a_call_is_compared_with_those_of_earlier_traces(program: Shell, road: str) -> None:
    report = report_of(program, road, "handle")
    [(message, span)] = said_by(report, "slower-than-usual")
    assert message.startswith("900 ms, usually ")
    assert span == "handle"


def test_a_trace_like_the_others_is_not_compared(program: Shell, road: str) -> None:
    report = report_of(program, road, "rate")
    assert said_by(report, "slower-than-usual") == []
