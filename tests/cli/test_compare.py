"""`correlate compare`: which traces are meant, and the faults of naming them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.running import Shell, check_fault
from tests.cli.test_stores import FAILED, PROGRAM
from tests.eval.history.judging import RECORDINGS
from tests.tracking_server import NEWEST_STORE, STORES

BEFORE = "tr-19fe842c54650d34e509976c646aa774"
TRACE = RECORDINGS / "desk" / "traces" / "01-desk.json"


@pytest.fixture
def program(tmp_path: Path) -> Shell:
    """A program with the store of its traces, of which one was judged wrong."""
    folder = tmp_path / "program"
    folder.mkdir()
    shutil.copy(PROGRAM, folder)
    shutil.copy(STORES / NEWEST_STORE / "store.db", folder / "mlflow.db")
    return Shell(folder, tmp_path / "home")


def forget_assessments(shell: Shell) -> None:
    with closing(sqlite3.connect(shell.folder / "mlflow.db")) as store, store:
        store.execute("DELETE FROM assessments")


def test_one_trace_is_compared_with_the_newest_good_one_of_its_name(program: Shell) -> None:
    forget_assessments(program)
    for command in (program.correlate, program.tracegloss):
        ran = command("compare", FAILED, "--format", "json")
        assert (ran.status, ran.said) == (0, "")
        document = json.loads(ran.out)
        assert document["before"]["trace_id"] == BEFORE
        assert document["after"]["trace_id"] == FAILED
        assert document["commits"]["unknown"] == "the first trace recorded no commit"


def test_a_trace_that_was_judged_wrong_is_no_good_one(program: Shell) -> None:
    ran = program.correlate("compare", FAILED)
    check_fault(ran, f"No good trace of this name is older ({FAILED})")


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("a", "b", "c"), "Two traces are compared, not 3"),
        ((str(TRACE),), "A trace from a file, or without a name, has no store of earlier ones"),
        ((str(TRACE), "tr-00000000000000000000000000000000"), "No trace"),
        ((str(TRACE), "no-such-file.json"), "No such file"),
    ],
)
def test_faults(program: Shell, arguments: tuple[str, ...], words: str) -> None:
    check_fault(program.correlate("compare", *arguments), words)


def test_a_file_of_several_traces_is_not_one(program: Shell) -> None:
    several = program.folder / "several.jsonl"
    lines = [json.dumps(json.loads(TRACE.read_text(encoding="utf-8")))] * 2
    several.write_text("\n".join(lines), encoding="utf-8")
    ran = program.correlate("compare", str(TRACE), "several.jsonl")
    check_fault(ran, "Two traces are compared, and this holds several")
