"""Rows of MLflow's sqlite schema as the info its own client would answer with."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence

from msgspec import Struct

from tracegloss.errors import SourceError
from tracegloss.recorded import JsonValue
from tracegloss.traces.json_bytes import decode_attribute

PROMOTED_TOKENS = (
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "cache_creation_input_tokens_above_1hr",
)
PROMOTED_COSTS = ("input_cost", "output_cost", "total_cost")


class Schema(Struct, frozen=True):
    """The tables and columns of a store that decide how it is read.

    `columns` are those of `trace_info`: name, session, tokens and cost stand there since revision
    dc11669786a5 and are no rows of tags or metadata any more.
    """

    columns: frozenset[str]
    has_assessments: bool
    has_spans: bool

    @staticmethod
    def of(database: sqlite3.Connection, where: str) -> Schema:
        """Ask a file for its schema; raises `SourceError` when it is no store of traces."""
        tables = {
            row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
        }
        if not {"trace_info", "trace_tags", "trace_request_metadata", "experiments"} <= tables:
            raise SourceError(
                "a sqlite file, but no MLflow store with traces",
                where=where,
                remedy="Traces need MLflow 2.14 or newer",
            )
        columns = frozenset(
            str(row[1]) for row in database.execute("PRAGMA table_info(trace_info)")
        )
        return Schema(columns, "assessments" in tables, "spans" in tables)


def raw_infos(
    database: sqlite3.Connection, schema: Schema, trace_ids: Sequence[str]
) -> list[dict[str, JsonValue]]:
    """Read the infos of these traces, in their order; ids that are not there are left out."""
    if not trace_ids:
        return []
    marks = ",".join("?" * len(trace_ids))
    cursor = database.execute(
        f"SELECT * FROM trace_info WHERE request_id IN ({marks})",  # noqa: S608 (marks alone)
        tuple(trace_ids),
    )
    names = [column[0] for column in cursor.description]
    rows = {str(row[0]): dict(zip(names, row, strict=True)) for row in cursor}
    tags = _labels(database, "trace_tags", trace_ids)
    metadata = _labels(database, "trace_request_metadata", trace_ids)
    assessments = _assessments(database, trace_ids) if schema.has_assessments else {}
    return [
        _raw_info(rows[key], tags.get(key, {}), metadata.get(key, {}), assessments.get(key, []))
        for key in trace_ids
        if key in rows
    ]


def _raw_info(
    row: Mapping[str, JsonValue],
    tags: dict[str, JsonValue],
    metadata: dict[str, JsonValue],
    assessments: list[JsonValue],
) -> dict[str, JsonValue]:
    return {
        "trace_id": row["request_id"],
        "experiment_id": str(row["experiment_id"]),
        "timestamp_ms": row["timestamp_ms"],
        "execution_time_ms": row["execution_time_ms"],
        "state": row["status"],
        "client_request_id": row.get("client_request_id"),
        "request_preview": row.get("request_preview"),
        "response_preview": row.get("response_preview"),
        "tags": {**tags, **_present({"mlflow.traceName": row.get("trace_name")})},
        "trace_metadata": {**metadata, **_promoted(row)},
        "assessments": assessments,
    }


def _promoted(row: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Write promoted columns back as the metadata they were, in MLflow's order of keys."""
    tokens = _present({name: row.get(name) for name in PROMOTED_TOKENS})
    costs = _present({name: row.get(name) for name in PROMOTED_COSTS})
    return _present(
        {
            "mlflow.trace.session": row.get("session_id"),
            "mlflow.trace.tokenUsage": json.dumps(tokens) if tokens else None,
            "mlflow.trace.cost": json.dumps(costs) if costs else None,
        }
    )


def _present(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {key: value for key, value in values.items() if value is not None}


def _labels(
    database: sqlite3.Connection, table: str, trace_ids: Sequence[str]
) -> dict[str, dict[str, JsonValue]]:
    marks = ",".join("?" * len(trace_ids))
    found: dict[str, dict[str, JsonValue]] = {}
    rows = database.execute(
        f"SELECT request_id, key, value FROM {table} WHERE request_id IN ({marks})",  # noqa: S608
        tuple(trace_ids),
    )
    for trace_id, key, value in rows:
        found.setdefault(trace_id, {})[key] = value
    return found


def _assessments(
    database: sqlite3.Connection, trace_ids: Sequence[str]
) -> dict[str, list[JsonValue]]:
    marks = ",".join("?" * len(trace_ids))
    cursor = database.execute(
        f"SELECT * FROM assessments WHERE trace_id IN ({marks})",  # noqa: S608 (marks alone)
        tuple(trace_ids),
    )
    names = [column[0] for column in cursor.description]
    found: dict[str, list[JsonValue]] = {}
    for row in cursor:
        columns = dict(zip(names, row, strict=True))
        found.setdefault(str(columns["trace_id"]), []).append(_assessment(columns))
    return found


def _assessment(row: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    kind = str(row["assessment_type"])
    value = decode_attribute(str(row["value"]))
    error = row.get("error")
    content: JsonValue = value if kind == "issue" else {"value": value}
    if kind == "feedback" and isinstance(error, str):
        content = {"value": value, "error": decode_attribute(error)}
    metadata = row.get("assessment_metadata")
    return {
        "assessment_id": row["assessment_id"],
        "assessment_name": row["name"],
        kind: content,
        "span_id": row.get("span_id"),
        "source": {"source_type": row["source_type"], "source_id": row.get("source_id")},
        "rationale": row.get("rationale"),
        "metadata": decode_attribute(metadata) if isinstance(metadata, str) else None,
        "create_time": _ns(row["created_timestamp"]),
        "last_update_time": _ns(row["last_updated_timestamp"]),
        "valid": bool(row["valid"]),
        "overrides": row.get("overrides"),
    }


def _ns(milliseconds: JsonValue) -> JsonValue:
    return milliseconds * 10**6 if isinstance(milliseconds, int) else None
