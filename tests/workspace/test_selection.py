"""Which traces are loaded by themselves, and which infos are news."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from tests.findings.builder import feedback
from tests.spans import info_of
from tracegloss.model.trace import TraceInfo, TraceState
from tracegloss.recorded import JsonValue
from tracegloss.workspace.selection import FAILED_WITHIN_NS, news, seen_as, to_load

NOW = 2 * FAILED_WITHIN_NS


def infos(n: int, failed: Iterable[int] = (), age_ns: int = 0) -> list[TraceInfo]:
    """Build `n` infos, newest first; the numbers in `failed` are errors."""
    return [
        replace(
            info_of(),
            trace_id=f"tr-{number}",
            state=TraceState.ERROR if number in set(failed) else TraceState.OK,
            request_ns=NOW - age_ns - number,
        )
        for number in range(n)
    ]


@pytest.mark.parametrize(
    "listed, chosen",
    [
        (infos(0), []),
        (infos(20), list(range(20))),
        (infos(21), list(range(10))),
        (infos(200, failed=[3, 50, 60]), [*range(10), 50, 60]),
        (infos(200, failed=range(100, 200)), [*range(10), *range(100, 110)]),
        (infos(200, failed=[50], age_ns=FAILED_WITHIN_NS + 1), list(range(10))),
    ],
    ids=["none", "few", "many", "failed", "many failed", "failed long ago"],
)
def test_all_of_a_few_else_the_newest_and_the_newest_that_failed(
    listed: list[TraceInfo], chosen: list[int]
) -> None:
    assert to_load(listed, NOW) == tuple(f"tr-{number}" for number in chosen)


@pytest.mark.parametrize(
    "value, rationale, loads", [(False, "wrong", True), (True, "right", False), (3, "so so", False)]
)
def test_a_trace_that_was_judged_wrong_counts_as_failed(
    value: JsonValue, rationale: str, loads: bool
) -> None:
    listed = infos(100)
    listed[70] = replace(listed[70], assessments=(feedback("helpful", value, rationale),))
    assert ("tr-70" in to_load(listed, NOW)) is loads


def test_news_is_what_is_new_or_finished_since() -> None:
    first, second, third = infos(3)
    seen = {info.trace_id: seen_as(info) for info in (first, second)}
    finished = replace(second, duration_ms=7)
    assert news((first, finished, third), seen) == (finished, third)
