"""What a store and a server add up over a day: the same, and as the spans themselves say."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.traces.hosts import Reply, serving
from tests.traces.opened import opened
from tests.traces.test_servers import NOBODY, PATIENT, rest
from tests.tracking_server import NEWEST_STORE, STORES, Server
from tracegloss.findings.history import percentile
from tracegloss.model.last_day import LAST_DAY_MS, DayFigures, LastDay
from tracegloss.model.trace import SpanStatus
from tracegloss.recorded import JsonValue
from tracegloss.reveal import reveal
from tracegloss.traces.query import TraceQuery
from tracegloss.traces.rest_last_day import METRICS, MOST_ROWS, last_day_of
from tracegloss.traces.sources import describe
from tracegloss.traces.sqlite import SqliteSource
from tracegloss.traces.sqlite_last_day import read_last_day
from tracegloss.traces.tracking_uri import parse_tracking_uri

RECORDED = STORES / NEWEST_STORE / "store.db"


def store(database: Path) -> SqliteSource:
    uri = parse_tracking_uri(f"sqlite:///{database}", NOBODY)
    return SqliteSource(database, describe(uri), PATIENT)


def newest_ms(source: SqliteSource) -> int:
    return max((info.request_ns or 0) for info in source.search(TraceQuery(("1",)))) // 10**6


def by_name(last_day: LastDay | None) -> dict[str, DayFigures]:
    assert last_day is not None
    return {reveal(name): figures for name, figures in last_day.items()}


def test_a_store_adds_up_what_its_spans_say() -> None:
    source = store(RECORDED)
    taken: dict[str, list[int]] = {}
    calls, errors = Counter[str](), Counter[str]()
    for info in source.search(TraceQuery(("1",))):
        for span in source.trace(info.trace_id).spans:
            name = opened(span.name)
            failed = span.status is SpanStatus.ERROR
            calls[name] += 1
            errors[name] += failed
            if not failed and span.duration_ns is not None:
                taken.setdefault(name, []).append(span.duration_ns)
    found = by_name(source.last_day("1", newest_ms(source)))
    assert found == {
        name: DayFigures(
            calls[name],
            errors[name],
            len(taken.get(name, ())),
            percentile(taken[name], 0.5) if name in taken else None,
            percentile(taken[name], 0.95) if name in taken else None,
        )
        for name in calls
    }
    assert sum(calls.values()) > 10
    assert sum(errors.values()) > 0


def test_a_server_counts_as_its_store_does(server: Server) -> None:
    now_ms = newest_ms(store(server.database))
    local = by_name(store(server.database).last_day("1", now_ms))
    asked = by_name(rest(server.address).last_day("1", now_ms))
    counted = {name: (each.calls, each.errors) for name, each in local.items()}
    assert {name: (each.calls, each.errors) for name, each in asked.items()} == counted


@pytest.mark.parametrize("late_ms, is_empty", [(0, False), (LAST_DAY_MS * 10, True)])
def test_only_the_day_before_counts(late_ms: int, is_empty: bool) -> None:
    source = store(RECORDED)
    found = by_name(source.last_day("1", newest_ms(source) + late_ms))
    assert (not found) is is_empty
    assert by_name(source.last_day("77", newest_ms(source))) == {}


@contextmanager
def changed(*statements: str) -> Iterator[sqlite3.Connection]:
    """Open a copy of the recorded store in memory, changed."""
    with closing(sqlite3.connect(RECORDED)) as recorded, closing(sqlite3.connect(":memory:")) as db:
        recorded.backup(db)
        for statement in statements:
            db.execute(statement)
        yield db


def test_a_trace_whose_spans_are_no_rows_makes_the_day_unknown() -> None:
    ended = "SELECT min(request_id) FROM trace_info WHERE status = 'OK'"
    with changed(f"DELETE FROM spans WHERE trace_id = ({ended})") as database:
        assert read_last_day(database, "1", newest_ms(store(RECORDED))) is None


def test_a_store_too_large_is_given_up() -> None:
    many = """
        INSERT INTO spans (trace_id, experiment_id, span_id, name, status, content,
            start_time_unix_nano, end_time_unix_nano)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
        SELECT trace_id, experiment_id, 'copy' || i, name, status, '{}', 0, i
        FROM n, (SELECT * FROM spans LIMIT 1)
    """
    now_ms = newest_ms(store(RECORDED))
    with changed(many) as database:
        found = by_name(read_last_day(database, "1", now_ms))
        assert sum(figures.calls for figures in found.values()) > 3000
        assert read_last_day(database, "1", now_ms, seconds=-1.0) is None


def point(name: str, status: str = "OK", /, **values: float) -> JsonValue:
    return {"dimensions": {"span_name": name, "span_status": status}, "values": values}


ANSWERS: dict[str, tuple[list[JsonValue], list[JsonValue], dict[str, DayFigures]]] = {
    "calls, errors and times of those that ended well": (
        [point("a", COUNT=7), point("a", "ERROR", COUNT=2)],
        [point("a", **{"P50.0": 12, "P95.0": 99.5}), point("a", "ERROR", **{"P50.0": 1})],
        {"a": DayFigures(9, 2, 7, 12_000_000, 99_500_000)},
    ),
    "less than a millisecond tells nothing": (
        [point("a", COUNT=7)],
        [point("a", **{"P50.0": 0.0, "P95.0": 2})],
        {"a": DayFigures(7, 0, 7, None, 2_000_000)},
    ),
    "percentiles of two states do not add up": (
        [point("a", COUNT=7), point("a", "UNSET", COUNT=2)],
        [point("a", **{"P50.0": 5}), point("a", "UNSET", **{"P50.0": 9})],
        {"a": DayFigures(9, 0)},
    ),
    "all failed": ([point("a", "ERROR", COUNT=2)], [], {"a": DayFigures(2, 2)}),
    "an answer cut off leaves its last name out": (
        [*(point(f"n{n:04}", COUNT=1) for n in range(MOST_ROWS - 1)), point("z", COUNT=1)],
        [],
        {f"n{n:04}": DayFigures(1, 0, 1) for n in range(MOST_ROWS - 1)},
    ),
    "what is no figure": (
        [3, {}, point("a", COUNT=-1), {"dimensions": {"span_name": 3}}],
        [point("a", **{"P50.0": 1e300})],
        {"a": DayFigures(0, 0)},
    ),
}


@pytest.mark.parametrize("counted, timed, figures", ANSWERS.values(), ids=ANSWERS)
def test_what_a_server_answers(
    counted: list[JsonValue], timed: list[JsonValue], figures: dict[str, DayFigures]
) -> None:
    assert by_name(last_day_of({"data_points": counted}, {"data_points": timed})) == figures


@pytest.mark.parametrize("status", [400, 404, 405, 501])
def test_a_server_that_cannot_add_up_says_nothing(status: int) -> None:
    with serving({METRICS: Reply(status)}) as host:
        assert rest(host.address).last_day("1", 0) is None
        assert [asked.path for asked in host.asked] == [METRICS]
