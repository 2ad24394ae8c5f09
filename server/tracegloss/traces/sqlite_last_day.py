"""The figures of a day from MLflow's sqlite schema, added up by sqlite itself."""

from __future__ import annotations

import sqlite3
import time

from tracegloss.model.last_day import LAST_DAY_MS, DayFigures, LastDay
from tracegloss.recorded import Recorded
from tracegloss.traces.fields import text

# A store that is too large to be added up meanwhile is not added up.
MOST_SECONDS = 2.0
_STEPS_BETWEEN_LOOKS = 10_000

_OF_THE_DAY = (
    " FROM trace_info t JOIN spans s ON s.trace_id = t.request_id"
    " WHERE CAST(t.experiment_id AS TEXT) = ? AND t.timestamp_ms BETWEEN ? AND ?"
    " AND s.name IS NOT NULL"
)
_COUNTED = f"SELECT s.name, count(*), sum(s.status = 'ERROR'){_OF_THE_DAY} GROUP BY s.name"
# The smallest duration that the share does not exceed, as `findings.history.percentile` has it.
_TIMED = f"""
WITH ranked AS (
    SELECT name, taken, count(*) OVER (PARTITION BY name) AS n,
        row_number() OVER (PARTITION BY name ORDER BY taken) AS place
    FROM (SELECT s.name, s.end_time_unix_nano - s.start_time_unix_nano AS taken{_OF_THE_DAY}
        AND s.status <> 'ERROR' AND s.end_time_unix_nano IS NOT NULL)
)
SELECT name, n, max(CASE WHEN place = (n + 1) / 2 THEN taken END),
    max(CASE WHEN place = (n * 95 + 99) / 100 THEN taken END)
FROM ranked GROUP BY name
"""  # noqa: S608
_WITHOUT_ROWS = """
SELECT 1 FROM trace_info t
WHERE CAST(t.experiment_id AS TEXT) = ? AND t.timestamp_ms BETWEEN ? AND ?
    AND t.status <> 'IN_PROGRESS'
    AND NOT EXISTS (SELECT 1 FROM spans s WHERE s.trace_id = t.request_id)
LIMIT 1
"""


def read_last_day(
    database: sqlite3.Connection, experiment_id: str, now_ms: int, seconds: float = MOST_SECONDS
) -> LastDay | None:
    """Add up the traces that began in the 24 hours before a moment, as MLflow's server does.

    `None` when spans of some of them are no rows but in files, or when it takes longer than
    `seconds`. Raises `sqlite3.OperationalError`.
    """
    asked = experiment_id, now_ms - LAST_DAY_MS, now_ms
    until = time.monotonic() + seconds
    database.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS_BETWEEN_LOOKS)
    try:
        if database.execute(_WITHOUT_ROWS, asked).fetchone() is not None:
            return None
        timed = {str(name): times for name, *times in database.execute(_TIMED, asked)}
        return {
            Recorded(text(name) or ""): DayFigures(calls, errors, *timed.get(str(name), ()))
            for name, calls, errors in database.execute(_COUNTED, asked)
        }
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            return None
        raise
