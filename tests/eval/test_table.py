"""The committed table of correlation quality is what the engine does now, and good enough."""

from __future__ import annotations

import pytest

from tests.eval.cases import Case, cases
from tests.eval.running import answers_of, table, table_path
from tests.eval.scoring import score

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_wrong_line_is_named_with_confidence(case: Case) -> None:
    assert score(answers_of(case)).wrong_confident == 0


def test_the_committed_table_is_true() -> None:
    assert table(CASES) == table_path().read_text(encoding="utf-8")


def test_the_sum_of_all_cases_reaches_the_targets() -> None:
    everything = [score(answers_of(case)) for case in CASES]
    right, named, asked = (
        sum(getattr(each, field) for each in everything) for field in ("right", "named", "asked")
    )
    assert right / named >= 0.99
    assert right / asked >= 0.97
