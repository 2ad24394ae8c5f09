"""The reports of recorded traces on the code that made them, byte by byte.

A case is a folder of `fixtures/goldens/`. Its `case.json` names a repository and a trace, both
under `fixtures/`, and the command of each expected file; `--update-goldens` writes those files.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from tests.conftest import REPOSITORY
from tracegloss.cli import correlate_main

FIXTURES = REPOSITORY / "fixtures"
GOLDENS = FIXTURES / "goldens"


class Golden(Struct, frozen=True):
    """One expected file: the repository and trace it is made from, and the command."""

    expected: Path
    repository: Path
    trace: Path | None
    arguments: tuple[str, ...]
    exit_status: int

    @property
    def label(self) -> str:
        return f"{self.expected.parent.name}/{self.expected.name}"


def _goldens() -> Iterator[Golden]:
    for path in sorted(GOLDENS.glob("*/case.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        trace = case.get("trace")
        for name, arguments in case["expected"].items():
            yield Golden(
                path.parent / name,
                FIXTURES / case["repository"],
                None if trace is None else FIXTURES / trace,
                tuple(arguments),
                case.get("exit_status", 0),
            )


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that is no git repository, on a machine where nothing is set."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "workplace"


@pytest.mark.parametrize("golden", list(_goldens()), ids=lambda golden: golden.label)
def test_goldens(
    golden: Golden,
    elsewhere: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
    check_golden: Callable[[Path, str], None],
) -> None:
    shutil.copytree(golden.repository, elsewhere, ignore=shutil.ignore_patterns("__pycache__"))
    if golden.trace is not None:
        shutil.copy(golden.trace, elsewhere)
    monkeypatch.chdir(elsewhere)
    with pytest.raises(SystemExit) as stopped:
        correlate_main(golden.arguments)
    assert stopped.value.code == golden.exit_status
    check_golden(golden.expected, capsysbinary.readouterr().out.decode("utf-8"))


def test_every_golden_file_is_expected_by_its_case() -> None:
    files = {path for path in GOLDENS.glob("*/*") if path.name != "case.json"}
    assert files == {golden.expected for golden in _goldens()}
