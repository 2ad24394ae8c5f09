"""`tracegloss demo`, run for real: both reports name lines that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.running import Ran, Shell, check_fault, check_report

PLACE = re.compile(r"\b((?:\w+/)*\w+\.py):(\d+)\b")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    """What the demo wrote, judge included, and the folder it left."""
    folder = tmp_path_factory.mktemp("demo")
    shell = Shell(folder, folder / "home")
    ran = shell.tracegloss("demo", "--into", "agent", "--judge")
    return ran, folder / "agent"


def test_both_traces_are_reported(demo: tuple[Ran, Path]) -> None:
    ran, _ = demo
    assert (ran.status, ran.said) == (0, "")
    answered, failed = ran.text.split("\n$ correlate ")[1:]
    assert "support_agent · OK, judged wrong" in answered
    assert "Start at  retrieval/index.py:" in answered
    assert "support_agent · ERROR" in failed
    assert "VERDICT  proven\n  PolicyError: no refund window for category 'gift_card'" in failed
    assert "Raised at  tools/policies.py:" in failed


def test_every_place_named_is_there(demo: tuple[Ran, Path]) -> None:
    ran, folder = demo
    places = set(PLACE.findall(ran.text))
    assert len(places) >= 10
    for path, line in places:
        assert (folder / path).read_text("utf-8").splitlines()[int(line) - 1].strip(), path


def test_the_raise_line_raises(demo: tuple[Ran, Path]) -> None:
    ran, folder = demo
    raised = re.search(r"Raised at  (\S+):(\d+)", ran.text)
    assert raised is not None
    lines = (folder / raised[1]).read_text("utf-8").splitlines()
    assert lines[int(raised[2]) - 1].strip().startswith("raise PolicyError(")


def test_the_folder_left_behind_answers(demo: tuple[Ran, Path]) -> None:
    _, folder = demo
    shell = Shell(folder, folder.parent / "home")
    check_report(shell.correlate("last"), "support_agent · ERROR", "experiment support_agent (1)")
    check_report(shell.tracegloss("traces"), "2 traces, newest first")


def test_a_folder_in_use_is_left_alone(demo: tuple[Ran, Path]) -> None:
    _, folder = demo
    shell = Shell(folder.parent, folder.parent / "home")
    before = sorted(folder.rglob("*"))
    check_fault(shell.tracegloss("demo", "--into", "agent"), "The folder is not empty (")
    assert sorted(folder.rglob("*")) == before
