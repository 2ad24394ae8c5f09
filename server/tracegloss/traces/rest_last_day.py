"""The figures of a day from a tracking server: two questions to `query_trace_metrics`.

It counts spans by name and status, and gives percentiles of their durations in whole milliseconds
(`mlflow/store/tracking/utils/sql_trace_metrics_utils.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from tracegloss.model.last_day import LAST_DAY_MS, DayFigures, LastDay
from tracegloss.recorded import JsonValue, Recorded
from tracegloss.traces.fields import items, mapping, text

METRICS = "/api/3.0/mlflow/traces/metrics"
MOST_ROWS = 1000
"""More are left out by the server, in the order of their dimensions."""

_Row: TypeAlias = tuple[str, str, Mapping[str, JsonValue]]
_PERCENTILES: tuple[dict[str, JsonValue], ...] = (
    {"aggregation_type": "PERCENTILE", "percentile_value": 50},
    {"aggregation_type": "PERCENTILE", "percentile_value": 95},
)


def counting(experiment_id: str, now_ms: int) -> bytes:
    """Write the question how many spans of each name and status there were."""
    return _question(experiment_id, now_ms, "span_count", ({"aggregation_type": "COUNT"},))


def timing(experiment_id: str, now_ms: int) -> bytes:
    """Write the question how long the spans of each name and status took."""
    return _question(experiment_id, now_ms, "latency", _PERCENTILES)


def last_day_of(counted: Mapping[str, JsonValue], timed: Mapping[str, JsonValue]) -> LastDay:
    """Put both answers together; what an answer cut off in the middle is left out."""
    calls: dict[str, dict[str, int]] = {}
    for name, status, values in _rows(counted):
        calls.setdefault(name, {})[status] = _whole(values.get("COUNT")) or 0
    times = {(name, status): values for name, status, values in _rows(timed)}
    return {Recorded(name): _figures(name, by_status, times) for name, by_status in calls.items()}


def _question(
    experiment_id: str, now_ms: int, metric: str, aggregations: Sequence[Mapping[str, JsonValue]]
) -> bytes:
    asked = {
        "experiment_ids": [experiment_id],
        "view_type": "SPANS",
        "metric_name": metric,
        "aggregations": aggregations,
        "dimensions": ["span_name", "span_status"],
        "start_time_ms": now_ms - LAST_DAY_MS,
        "end_time_ms": now_ms,
        "max_results": MOST_ROWS,
    }
    return msgspec.json.encode(asked)


def _rows(answer: Mapping[str, JsonValue]) -> list[_Row]:
    points = items(answer.get("data_points"))
    rows = list(_read(points))
    if len(points) < MOST_ROWS or not rows:
        return rows
    cut = rows[-1][0]
    return [row for row in rows if row[0] != cut]


def _read(points: Iterable[JsonValue]) -> Iterable[_Row]:
    for point in map(mapping, points):
        dimensions = mapping(point.get("dimensions"))
        name, status = text(dimensions.get("span_name")), text(dimensions.get("span_status"))
        if name is not None and status is not None:
            yield name, status, mapping(point.get("values"))


def _figures(
    name: str, calls: Mapping[str, int], times: Mapping[tuple[str, str], Mapping[str, JsonValue]]
) -> DayFigures:
    """Take the times of the one status that calls ended well with; of two they do not add up."""
    well = [status for status in calls if status != "ERROR"]
    timed = calls[well[0]] if len(well) == 1 else 0
    values = times.get((name, well[0]), {}) if timed else {}
    return DayFigures(
        calls=sum(calls.values()),
        errors=calls.get("ERROR", 0),
        timed=timed,
        p50_ns=_ns(values, "P50"),
        p95_ns=_ns(values, "P95"),
    )


def _ns(values: Mapping[str, JsonValue], key: str) -> int | None:
    """Read a percentile; below the server's whole milliseconds it tells nothing."""
    found = next((value for name, value in values.items() if name.split(".")[0] == key), None)
    if not isinstance(found, int | float) or not 1 <= found < 2**53:
        return None
    return round(found * 10**6)


def _whole(value: JsonValue) -> int | None:
    return int(value) if isinstance(value, int | float) and 0 <= value < 2**53 else None
