"""Whatever becomes of the standard streams: one line and status 2, or silence when nobody reads."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.running import PATIENCE, TRACEGLOSS, Ran, Shell, check_fault, check_report

FULL = "/dev/full"
COMMANDS = {
    "a bare report": ("correlate", "error-in-tool.json"),
    "a report": ("correlate", "error-in-tool.json", "--format", "json"),
    "help": ("correlate", "--help"),
    "commands": (),
    "version": ("--version",),
    "an answer": ("lens", "tools/refunds.py", "--trace", "error-in-tool.json"),
    "a document": ("index", "--format", "json"),
    "the doctor": ("doctor",),
}
HAS_FULL_DEVICE = pytest.mark.skipif(not Path(FULL).exists(), reason="no full device here")


@HAS_FULL_DEVICE
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_told(agent: Shell, command: str, unbuffered: str) -> None:
    ran = agent.redirected(f">{FULL}", *COMMANDS[command], PYTHONUNBUFFERED=unbuffered)
    check_fault(ran, "The output cannot be written (standard output: no space left on device). ")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_closed_output_is_told(agent: Shell, command: str) -> None:
    ran = agent.redirected(">&-", *COMMANDS[command])
    check_fault(ran, "The output cannot be written (standard output: closed). ")


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_is_said_when_nobody_reads(agent: Shell, command: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as out:
        done = subprocess.run(
            [*TRACEGLOSS, *COMMANDS[command]],
            cwd=agent.folder,
            env=agent.environment({}),
            stdout=out,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")


UNHEARD = ["2>&-", pytest.param(f"2>{FULL}", marks=HAS_FULL_DEVICE)]


@pytest.mark.parametrize("where", UNHEARD)
def test_faults_that_cannot_be_told_keep_their_status(agent: Shell, where: str) -> None:
    for arguments in (("correlate", "absent.json"), ("absent",), ("index", "--root", "absent")):
        assert agent.redirected(where, *arguments) == Ran(2, b"", b"")
    assert agent.redirected(f">&- {where}", *COMMANDS["a report"]) == Ran(2, b"", b"")


@pytest.mark.parametrize("where", [*UNHEARD, "<&-", "<&- 2>&-"])
def test_a_report_needs_no_other_stream(agent: Shell, where: str) -> None:
    check_report(agent.redirected(where, *COMMANDS["a bare report"]), "support_agent")


@HAS_FULL_DEVICE
def test_problems_that_cannot_be_told_leave_the_answer_as_it_is(own_agent: Shell) -> None:
    (own_agent.folder / "broken.py").write_text("import mlflow\n@mlflow.trace\ndef (:\n")
    command = COMMANDS["a bare report"]
    told = own_agent.tracegloss(*command)
    assert "broken.py" in told.said
    for where in ("2>&-", f"2>{FULL}"):
        assert own_agent.redirected(where, *command) == Ran(told.status, told.out, b"")


def test_an_interrupt_while_a_trace_is_read_is_quiet(own_agent: Shell) -> None:
    pipe = own_agent.folder / "pipe.json"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        ["sh", "-c", 'trap - INT; exec "$@"', "sh", *TRACEGLOSS, "correlate", pipe.name],
        cwd=own_agent.folder,
        env=own_agent.environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with pipe.open("wb"):  # as soon as it is opened at the other end
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (130, b"", b"")


def test_standard_input_that_is_closed_is_empty(agent: Shell) -> None:
    check_fault(agent.redirected("<&-", "correlate", "-"), "Empty, not a trace (standard input). ")
