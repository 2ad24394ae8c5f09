"""What is asked of a store: which traces, in which order; and what it answers beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct, field

from tracegloss.errors import SourceError, UsageError
from tracegloss.model.last_day import LastDay
from tracegloss.model.trace import Labels, SourceDescription, Trace, TraceInfo
from tracegloss.recorded import RecordedText
from tracegloss.reveal import reveal

Order: TypeAlias = Literal["newest", "oldest", "longest", "shortest"]
State: TypeAlias = Literal["OK", "ERROR", "IN_PROGRESS"]

_BEFORE_NS = 600 * 10**9


class TraceQuery(Struct, frozen=True):
    """Which traces to list; every condition must hold.

    Times are nanoseconds since the epoch, both ends included, and reach a store rounded to its
    milliseconds. `filter` is MLflow's own filter string, handed to the store as it is.
    """

    experiment_ids: tuple[str, ...]
    state: State | None = None
    name: str | None = None
    session: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    since_ns: int | None = None
    until_ns: int | None = None
    shortest_ms: int | None = None
    longest_ms: int | None = None
    filter: str | None = None
    limit: int = 20
    order: Order = "newest"

    @property
    def since_ms(self) -> int | None:
        """The start of the window in milliseconds, rounded up."""
        return None if self.since_ns is None else -(-self.since_ns // 10**6)

    @property
    def until_ms(self) -> int | None:
        """The end of the window in milliseconds, rounded down."""
        return None if self.until_ns is None else self.until_ns // 10**6


def good_before(info: TraceInfo, limit: int) -> TraceQuery | None:
    """Ask for the newest OK traces of a trace's name and experiment, itself and older ones.

    `None` when the trace has no name, or is in no experiment.
    """
    if info.name is None or info.experiment_id is None:
        return None
    name, until = reveal(info.name), info.request_ns
    return TraceQuery((info.experiment_id,), state="OK", name=name, until_ns=until, limit=limit)


def around(info: TraceInfo, limit: int = 50) -> TraceQuery | None:
    """Ask for the traces that began while a trace ran, or in the ten minutes before it.

    `None` when the trace is in no experiment, has no time, or did not end.
    """
    if info.experiment_id is None or info.request_ns is None or info.duration_ms is None:
        return None
    end_ns = info.request_ns + info.duration_ms * 10**6
    since_ns = info.request_ns - _BEFORE_NS
    return TraceQuery((info.experiment_id,), since_ns=since_ns, until_ns=end_ns, limit=limit)


def earlier(info: TraceInfo, limit: int) -> TraceQuery | None:
    """Ask for the newest traces of a trace's name and experiment that began before it."""
    if info.name is None or info.experiment_id is None or info.request_ns is None:
        return None
    until_ns = info.request_ns - 10**6
    return TraceQuery((info.experiment_id,), name=reveal(info.name), until_ns=until_ns, limit=limit)


class Experiment(Struct, frozen=True):
    """An experiment of a store; `n_traces` where the store counts without reading them."""

    experiment_id: str
    name: RecordedText
    n_traces: int | None = None


class Source(Protocol):
    """A place where traces come from; reading it never changes it."""

    @property
    def description(self) -> SourceDescription:
        """Where this is, safe to show."""

    def trace(self, trace_id: str) -> Trace:
        """Read one trace with its spans; raises `TraceNotFoundError` or a `SourceError`."""

    def search(self, query: TraceQuery) -> Iterator[TraceInfo]:
        """Yield the infos of at most `query.limit` traces, without spans, page by page."""

    def experiments(self) -> tuple[Experiment, ...]:
        """List the experiments that are not deleted."""

    def model_tags(self, model_id: str) -> Labels:
        """Read the tags of a logged model; without such a model there are none."""

    def last_day(self, experiment_id: str, now_ms: int) -> LastDay | None:
        """Add up the spans of the 24 hours before a moment; `None` where that cannot be had."""


class ReferenceRoadError(SourceError):
    """Only MLflow's own client can read this; the caller takes that road."""


ORDER_BY: Mapping[Order, str] = {
    "newest": "timestamp_ms DESC",
    "oldest": "timestamp_ms ASC",
    "longest": "execution_time_ms DESC",
    "shortest": "execution_time_ms ASC",
}


def filter_string(query: TraceQuery) -> str:
    """Write a query in MLflow's filter language, in words every server from 2.14 on reads."""
    clauses = [
        *_equals("attributes", {"status": query.state, "name": query.name}),
        *_equals("metadata", {"mlflow.trace.session": query.session, **query.metadata}),
        *_equals("tags", query.tags),
        *_bound("timestamp_ms", ">=", query.since_ms),
        *_bound("timestamp_ms", "<=", query.until_ms),
        *_bound("execution_time_ms", ">=", query.shortest_ms),
        *_bound("execution_time_ms", "<=", query.longest_ms),
    ]
    return " AND ".join(clauses + ([query.filter] if query.filter else []))


def _equals(place: str, wanted: Mapping[str, str | None]) -> list[str]:
    return [
        f"{place}.{key if place == 'attributes' else _quoted_key(key)} = {_quoted(value)}"
        for key, value in wanted.items()
        if value is not None
    ]


def _bound(name: str, comparison: str, value: int | None) -> list[str]:
    return [] if value is None else [f"attributes.{name} {comparison} {value}"]


def _quoted_key(key: str) -> str:
    if "`" in key:
        raise UsageError("a key to search for holds a backquote", remedy="Use --filter instead")
    return f"`{key}`"


def _quoted(value: str) -> str:
    if "'" not in value:
        return f"'{value}'"
    if '"' not in value:
        return f'"{value}"'
    raise UsageError(
        "a value to search for holds both kinds of quotes", remedy="Use --filter instead"
    )
