"""A tracking URI to the `Source` that reads it: the fast road first, the reference road behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tracegloss.errors import SourceError
from tracegloss.model.last_day import LastDay
from tracegloss.model.trace import Labels, SourceDescription, Trace, TraceInfo
from tracegloss.traces.logins import is_withheld, no_reference
from tracegloss.traces.query import Experiment, ReferenceRoadError, Source, TraceQuery
from tracegloss.traces.tracking_uri import TrackingUri, safe_uri

DEFAULT_TIMEOUT = 10.0


def open_source(
    uri: TrackingUri,
    environment: Mapping[str, str],
    home: Path,
    timeout: float = DEFAULT_TIMEOUT,
) -> Source:
    """Make the source of a tracking URI; nothing is asked of it yet.

    `timeout` bounds each question in seconds, on both roads. `home` holds the login files. Each
    road is imported when it is taken: TLS, HTTP and sqlite cost more than reading a small trace.
    """

    def reference(why: ReferenceRoadError | None = None) -> Source:
        if why is not None and is_withheld(environment):
            raise no_reference(why)
        from tracegloss.traces.reference import ReferenceSource

        return ReferenceSource(uri, description, timeout, environment.get("MLFLOW_WORKSPACE"))

    description = describe(uri)
    if uri.kind == "server":
        from tracegloss.traces.http import HttpClient
        from tracegloss.traces.rest import RestSource

        client = HttpClient(uri.written, timeout, environment, home)
        return BothRoads(RestSource(client, description), reference)
    if uri.kind == "sqlite":
        from tracegloss.traces.sqlite import SqliteSource

        if uri.path is None:
            raise SourceError(
                "a sqlite tracking URI without a file",
                where=safe_uri(uri.written),
                remedy="Write sqlite:///PATH",
            )
        return BothRoads(SqliteSource(uri.path, description, timeout), reference)
    return reference()


def describe(uri: TrackingUri) -> SourceDescription:
    """Say what a tracking URI is, without its credentials."""
    shown = safe_uri(uri.written)
    kind = "server" if uri.kind == "other" else uri.kind
    return SourceDescription(kind, shown, ui_url=shown if uri.kind == "server" else None)


class BothRoads:
    """Asks the fast road, and MLflow's own client for what that one cannot answer."""

    def __init__(self, fast: Source, reference: Callable[[ReferenceRoadError], Source]) -> None:
        self._fast = fast
        self._make_reference = reference
        self._reference: Source | None = None

    @property
    def description(self) -> SourceDescription:
        """Where this is; the same on both roads."""
        return self._fast.description

    def trace(self, trace_id: str) -> Trace:
        """Read one trace with its spans."""
        try:
            return self._fast.trace(trace_id)
        except ReferenceRoadError as error:
            return self._other(error).trace(trace_id)

    def search(self, query: TraceQuery) -> Iterator[TraceInfo]:
        """Yield the infos of matching traces."""
        try:
            found = iter(self._fast.search(query))
            first = next(found, None)
        except ReferenceRoadError as error:
            yield from self._other(error).search(query)
            return
        if first is not None:
            yield first
            yield from found

    def experiments(self) -> tuple[Experiment, ...]:
        """List active experiments."""
        try:
            return self._fast.experiments()
        except ReferenceRoadError as error:
            return self._other(error).experiments()

    def model_tags(self, model_id: str) -> Labels:
        """Read the tags of a logged model."""
        try:
            return self._fast.model_tags(model_id)
        except ReferenceRoadError as error:
            return self._other(error).model_tags(model_id)

    def last_day(self, experiment_id: str, now_ms: int) -> LastDay | None:
        """Add up a day; the reference road would have to read every trace for that."""
        try:
            return self._fast.last_day(experiment_id, now_ms)
        except ReferenceRoadError:
            return None

    def _other(self, why: ReferenceRoadError) -> Source:
        if self._reference is None:
            self._reference = self._make_reference(why)
        return self._reference
