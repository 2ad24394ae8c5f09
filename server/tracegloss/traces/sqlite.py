"""The fast road to a local sqlite store: read-only, without MLflow, at every schema since 2.14.

What the schema holds is asked of the file itself (tables and columns), not of its revision number,
so stores newer than this code are read as long as the tables keep their meaning.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from tracegloss.errors import SourceError, SourceUnreachableError, TraceNotFoundError
from tracegloss.model.last_day import LastDay
from tracegloss.model.trace import Labels, Problem, SourceDescription, Trace, TraceInfo
from tracegloss.recorded import JsonValue, Phrase, Recorded
from tracegloss.traces.artifacts import read_artifact
from tracegloss.traces.decode import decode_infos, decode_trace
from tracegloss.traces.json_bytes import collection_paused, decode_attribute
from tracegloss.traces.query import Experiment, ReferenceRoadError, TraceQuery, filter_string
from tracegloss.traces.sqlite_last_day import read_last_day
from tracegloss.traces.sqlite_rows import Schema, raw_infos
from tracegloss.traces.sqlite_search import search_statement

PAGE = 200
_LOCATION = "mlflow.trace.spansLocation"


class SqliteSource:
    """Traces of one sqlite file, opened for each question and never for writing."""

    def __init__(self, path: Path, description: SourceDescription, timeout: float) -> None:
        self.description = description
        self._path = path
        self._timeout = timeout

    def trace(self, trace_id: str) -> Trace:
        """Read one trace from rows, or from traces.json where the store says it lies there."""
        with self._open() as database:
            schema = Schema.of(database, self._where)
            infos = raw_infos(database, schema, [trace_id])
            if not infos:
                raise TraceNotFoundError(
                    f"no trace {trace_id}", where=self._where, remedy="List them: tracegloss traces"
                )
            spans = self._spans(database, schema, infos[0], trace_id)
        return _whole(infos[0], spans)

    def search(self, query: TraceQuery) -> Iterator[TraceInfo]:
        """Yield matching infos; MLflow's own filter language is left to the reference road."""
        if query.filter:
            raise ReferenceRoadError("a filter string is MLflow's to read", where=self._where)
        filter_string(query)
        with self._open() as database:
            schema = Schema.of(database, self._where)
            statement, values = search_statement(query, schema)
            ids = [str(row[0]) for row in database.execute(statement, values)]
        for start in range(0, len(ids), PAGE):
            with self._open() as database:
                page = raw_infos(database, schema, ids[start : start + PAGE])
            yield from decode_infos(page)

    def experiments(self) -> tuple[Experiment, ...]:
        """List active experiments with how many traces each has."""
        with self._open() as database:
            Schema.of(database, self._where)
            rows = database.execute(
                "SELECT e.experiment_id, e.name, count(t.request_id) FROM experiments e"
                " LEFT JOIN trace_info t ON t.experiment_id = e.experiment_id"
                " WHERE e.lifecycle_stage = 'active' GROUP BY e.experiment_id"
                " ORDER BY e.experiment_id"
            ).fetchall()
        return tuple(Experiment(str(key), Recorded(str(name)), n) for key, name, n in rows)

    def model_tags(self, model_id: str) -> Labels:
        """Read the tags of a logged model; stores before 3.0 have no such table."""
        with self._open() as database:
            known = "SELECT 1 FROM sqlite_master WHERE name = 'logged_model_tags'"
            if database.execute(known).fetchone() is None:
                return Recorded({})
            rows = database.execute(
                "SELECT tag_key, tag_value FROM logged_model_tags WHERE model_id = ?", (model_id,)
            ).fetchall()
        return Recorded({str(key): str(value or "") for key, value in rows})

    def last_day(self, experiment_id: str, now_ms: int) -> LastDay | None:
        """Add up a day from rows; older stores have none."""
        with self._open() as database:
            if not Schema.of(database, self._where).has_spans:
                return None
            return read_last_day(database, experiment_id, now_ms)

    @property
    def _where(self) -> str:
        return str(self._path)

    def _spans(
        self,
        database: sqlite3.Connection,
        schema: Schema,
        info: dict[str, JsonValue],
        trace_id: str,
    ) -> Sequence[JsonValue] | None:
        """Read spans from where the trace's tags say; `None` when they are nowhere."""
        tags = info["tags"]
        assert isinstance(tags, dict)
        location = tags.get(_LOCATION)
        if location == "ARCHIVE_REPO":
            raise ReferenceRoadError("the spans are archived", where=self._where)
        if location != "TRACKING_STORE":
            artifact = read_artifact(tags.get("mlflow.artifactLocation"), self._path.parent)
            if artifact is not None:
                return artifact
        return _rows(database, schema, trace_id)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not self._path.is_file():
            raise SourceError(
                "no such sqlite file",
                where=self._where,
                remedy="Name the store with --tracking-uri, or start where the application ran",
            )
        address = f"file:{quote(str(self._path.absolute()))}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=self._timeout)) as database:
                database.text_factory = _text
                yield database
        except sqlite3.OperationalError as error:
            raise self._unusable(error) from None
        except sqlite3.DatabaseError:
            raise SourceError("not a sqlite database", where=self._where) from None

    def _unusable(self, error: sqlite3.OperationalError) -> SourceError:
        if "locked" in str(error):
            return SourceUnreachableError(
                f"the store is locked by a writer for more than {self._timeout:g} s",
                where=self._where,
                remedy="Try again, or give it longer with --timeout",
            )
        return ReferenceRoadError(f"the store cannot be read ({error})", where=self._where)


def _text(written: bytes) -> str:
    return written.decode("utf-8", "replace")


def _rows(
    database: sqlite3.Connection, schema: Schema, trace_id: str
) -> Sequence[JsonValue] | None:
    if not schema.has_spans:
        return None
    rows = database.execute(
        "SELECT content FROM spans WHERE trace_id = ? ORDER BY start_time_unix_nano, span_id",
        (trace_id,),
    ).fetchall()
    contents = [row[0] for row in rows if row[0]]
    with collection_paused(sum(map(len, contents))):
        return [decode_attribute(content) for content in contents] or None


def _whole(info: dict[str, JsonValue], spans: Sequence[JsonValue] | None) -> Trace:
    trace = decode_trace(info, spans or ())
    if spans is not None:
        return trace
    missing = Phrase(("the store has this trace but none of its spans",))
    return Trace(trace.info, trace.spans, (*trace.problems, Problem("spans-missing", missing)))
