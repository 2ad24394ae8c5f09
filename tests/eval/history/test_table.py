"""The committed table of freshness is what is said now, and good enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.eval.history.cases import UNKNOWN
from tests.eval.history.judging import lay
from tests.eval.history.making import make
from tests.eval.history.running import Judged, added, all_judged, table, table_path


@pytest.fixture(scope="module")
def everything() -> list[Judged]:
    return all_judged()


def test_the_committed_table_is_true(everything: list[Judged]) -> None:
    assert table(everything) == table_path().read_text(encoding="utf-8")


def test_no_edited_or_deleted_function_is_called_unchanged(everything: list[Judged]) -> None:
    wrong = [a for each in everything for a in each.spans if a.is_wrongly_identical]
    assert wrong == []


def test_the_sum_of_all_histories_reaches_the_targets(everything: list[Judged]) -> None:
    sums = added(everything)
    assert sums.fresh / sums.spans >= 0.98
    assert sums.lines / sums.lines_asked >= 0.99


def test_nothing_is_claimed_without_the_recorded_commit(tmp_path: Path) -> None:
    laid = lay(UNKNOWN, make(UNKNOWN, tmp_path))
    assert all(on_code.standing.known_here is False for on_code in laid)
    assert all(not on_code.since for on_code in laid)
