"""A `TraceQuery` as one SQL statement over MLflow's schema."""

from __future__ import annotations

from collections.abc import Mapping

from tracegloss.recorded import JsonValue
from tracegloss.traces.query import Order, TraceQuery
from tracegloss.traces.sqlite_rows import Schema

_ORDER: Mapping[Order, str] = {
    "newest": "timestamp_ms DESC",
    "oldest": "timestamp_ms ASC",
    "longest": "execution_time_ms DESC",
    "shortest": "execution_time_ms ASC",
}
_HAS_TAG = "EXISTS (SELECT 1 FROM trace_tags l WHERE l.request_id = t.request_id"
_HAS_METADATA = "EXISTS (SELECT 1 FROM trace_request_metadata l WHERE l.request_id = t.request_id"


def search_statement(query: TraceQuery, schema: Schema) -> tuple[str, list[JsonValue]]:
    """Write the statement that answers with trace ids, and its values."""
    marks = ",".join("?" * len(query.experiment_ids))
    clauses = [f"CAST(t.experiment_id AS TEXT) IN ({marks})"]
    values: list[JsonValue] = list(query.experiment_ids)
    for clause, *given in (
        ("t.status = ?", query.state),
        _promoted_or_label(_HAS_TAG, "trace_name", "mlflow.traceName", query.name, schema),
        _promoted_or_label(
            _HAS_METADATA, "session_id", "mlflow.trace.session", query.session, schema
        ),
        *(_label(_HAS_TAG, key, value) for key, value in query.tags.items()),
        *(_label(_HAS_METADATA, key, value) for key, value in query.metadata.items()),
        ("t.timestamp_ms >= ?", query.since_ms),
        ("t.timestamp_ms <= ?", query.until_ms),
        ("t.execution_time_ms >= ?", query.shortest_ms),
        ("t.execution_time_ms <= ?", query.longest_ms),
    ):
        if given[-1] is not None:
            clauses.append(str(clause))
            values.extend(given)
    statement = (
        f"SELECT t.request_id FROM trace_info t WHERE {' AND '.join(clauses)}"  # noqa: S608
        f" ORDER BY t.{_ORDER[query.order]}, t.request_id ASC LIMIT ?"
    )
    return statement, [*values, query.limit]


def _promoted_or_label(
    table: str, column: str, key: str, value: str | None, schema: Schema
) -> tuple[JsonValue, ...]:
    if column in schema.columns:
        return f"t.{column} = ?", value
    return _label(table, key, value)


def _label(table: str, key: str, value: str | None) -> tuple[JsonValue, ...]:
    return f"{table} AND l.key = ? AND l.value = ?)", key, value
