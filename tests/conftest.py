"""What every test shares: settings of hypothesis and the rewriting of caret marks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, settings

from tests import marks
from tests.tracking_server import server

__all__ = ["server"]

# A busy machine is slow, not wrong; what must repeat, repeats.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

REPOSITORY = Path(__file__).resolve().parent.parent


class CheckMarks(Protocol):
    """Compares a marked file with the marks that came out of its clean source."""

    def __call__(self, path: Path, actual: Iterable[marks.Mark], kinds: Iterable[str]) -> None: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-marks",
        action="store_true",
        help="write what came out into the marked fixtures instead of failing",
    )
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="write what came out into the expected reports instead of failing",
    )


@pytest.fixture
def check_golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compares a text with the file that holds it, byte by byte."""
    update: bool = request.config.getoption("--update-goldens")

    def check(path: Path, actual: str) -> None:
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(actual, encoding="utf-8")
        assert actual == path.read_text(encoding="utf-8")

    return check


@pytest.fixture
def check_marks(request: pytest.FixtureRequest) -> CheckMarks:
    update: bool = request.config.getoption("--update-marks")

    def check(path: Path, actual: Iterable[marks.Mark], kinds: Iterable[str]) -> None:
        marks.check_marks(path, actual, kinds, update=update)

    return check


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this repository."""
    return REPOSITORY
