"""Does the jobs of the worker process, one after the other, on workspaces that stay open."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import singledispatchmethod
from typing import TypeAlias

from msgspec.structs import replace

from tracegloss.errors import SourceError, SourceUnclearError, TraceError, TraceNotFoundError
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.model.resolution import Ambiguous, Resolved
from tracegloss.model.site import FunctionId
from tracegloss.model.trace import SourceDescription, Span, Trace
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.traces.choose_store import ChosenStore, NoStore
from tracegloss.traces.files import read_file
from tracegloss.traces.query import TraceQuery
from tracegloss.workspace.opening import (
    OpenedWorkspace,
    Opening,
    open_workspace,
    root_is_ours,
)
from tracegloss.workspace.worker.jobs import (
    ChooseSource,
    ExperimentUnclear,
    Indexing,
    Job,
    Laid,
    LayFile,
    LayTraces,
    NoSource,
    NotLaid,
    OpenRoot,
    ReadRanFile,
    ReadSpan,
    RootOpened,
    RootRequest,
    SearchTraces,
    SourceChosen,
)
from tracegloss.workspace.worker.skeleton import fitting

MOST_EXPERIMENTS = 100

Tell: TypeAlias = Callable[[object], None]


def _tell_nobody(_part: object) -> None:
    """Take parts that nobody waits for."""


class Performer:
    """The workspaces opened so far; a root whose request changed is opened anew."""

    def __init__(self) -> None:
        """Begin with nothing opened."""
        self._opened: dict[str, tuple[RootRequest, OpenedWorkspace]] = {}
        self._spans: tuple[str, Mapping[str, Span]] = ("", {})

    def _open(self, root: RootRequest, tell: Tell = _tell_nobody) -> OpenedWorkspace:
        known = self._opened.get(str(root.path))
        if known is not None and known[0] == root:
            return known[1]
        opening = Opening(
            root=root.path,
            tracking_uri=root.tracking_uri,
            experiment=root.experiment,
            timeout=root.timeout,
            cache=root.cache,
        )
        opened = open_workspace(opening, lambda done, files: tell(Indexing(done, files)))
        self._opened[str(root.path)] = root, opened
        return opened

    @singledispatchmethod
    def perform(self, job: Job[object], tell: Tell) -> None:  # noqa: ARG002 (for the kinds of job)
        """Do a job and tell its parts; raises `TraceglossError` for what a reader can act on.

        What `tell` raises ends the job; the next one begins with what was known before.
        """
        raise TypeError(f"no such job: {type(job).__name__}")

    @perform.register
    def _(self, job: OpenRoot, tell: Tell) -> None:
        opened = self._open(job.root, tell)
        index = _portable(opened.workspace.index)
        tell(RootOpened(index, opened.settings, opened.told_problems()))

    @perform.register
    def _(self, job: ChooseSource, tell: Tell) -> None:
        opened = self._open(job.root)
        store = opened.store
        tell(NoSource(store.looked) if isinstance(store, NoStore) else _chosen(opened, store, job))

    @perform.register
    def _(self, job: LayTraces, tell: Tell) -> None:
        opened = self._open(job.root)
        for trace_id in job.trace_ids:
            tell(self._laid_from_store(opened, trace_id))

    @perform.register
    def _(self, job: LayFile, tell: Tell) -> None:
        opened = self._open(job.root)
        for trace in read_file(job.file):
            tell(self._laid(opened, trace, SourceDescription("file", job.file.name)))

    @perform.register
    def _(self, job: SearchTraces, tell: Tell) -> None:
        tell(tuple(self._open(job.root).source.search(job.query)))

    @perform.register
    def _(self, job: ReadRanFile, tell: Tell) -> None:
        read = self._open(job.root).read_with_diff(job.info, job.standing)
        tell(read(job.path))

    @perform.register
    def _(self, job: ReadSpan, tell: Tell) -> None:
        if self._spans[0] != job.trace_id:
            self._keep_spans(self._read_again(job))
        tell(self._spans[1].get(job.span_id))

    def _read_again(self, job: ReadSpan) -> Trace:
        if job.file is None:
            return self._open(job.root).source.trace(job.trace_id)
        found = (trace for trace in read_file(job.file) if trace.info.trace_id == job.trace_id)
        trace = next(found, None)
        if trace is None:
            raise TraceNotFoundError("The file has this trace no more", where=job.file.name)
        return trace

    def _keep_spans(self, trace: Trace) -> None:
        """Keep the spans of the last huge trace: whoever asks for one asks for others."""
        self._spans = trace.info.trace_id, {span.span_id: span for span in trace.spans}

    def _laid_from_store(self, opened: OpenedWorkspace, trace_id: str) -> Laid | NotLaid:
        """Read one trace and lay it; one that cannot be read stands in nobody's way."""
        try:
            trace = opened.source.trace(trace_id)
        except SourceError:
            raise
        except TraceError as error:
            return NotLaid(trace_id, isinstance(error, TraceNotFoundError), str(error))
        described = replace(opened.source.description, experiment_id=trace.info.experiment_id)
        return self._laid(opened, trace, described)

    def _laid(self, opened: OpenedWorkspace, trace: Trace, described: SourceDescription) -> Laid:
        whole = opened.lay_stored(trace, described, time.time_ns())
        on_code = fitting(whole)
        if on_code.is_skeleton:
            self._keep_spans(trace)
        functions = _functions_of(on_code, opened.workspace.index.functions)
        hashes = {function: entry.text_hash for function, entry in functions.items()}
        laid = replace(on_code, text_hashes=hashes)
        return Laid(laid, functions, root_is_ours(on_code))


def _chosen(
    opened: OpenedWorkspace, store: ChosenStore, job: ChooseSource
) -> SourceChosen | ExperimentUnclear:
    described = opened.source.description
    try:
        chosen = opened.experiment()
    except SourceUnclearError as error:
        experiments = opened.source.experiments()[:MOST_EXPERIMENTS]
        return ExperimentUnclear(described, str(error), experiments)
    experiment_id = chosen.experiment.experiment_id
    query = TraceQuery((experiment_id,), limit=job.limit)
    return SourceChosen(
        source=replace(described, experiment_id=experiment_id, chosen_because=chosen.because),
        experiment_id=experiment_id,
        experiment_name=chosen.experiment.name,
        because=f"{store.because}; {chosen.because}",
        infos=tuple(opened.source.search(query)),
        watched=store.uri.path,
    )


def _functions_of(
    on_code: TraceOnCode, functions: Mapping[FunctionId, FunctionEntry]
) -> dict[FunctionId, FunctionEntry]:
    wanted = {site for site in _named(on_code) if site in functions}
    return {function: functions[function] for function in wanted}


def _named(on_code: TraceOnCode) -> Iterable[FunctionId]:
    for resolution in on_code.correlation.resolutions.values():
        if isinstance(resolution, Resolved) and resolution.site.function is not None:
            yield resolution.site.function
        elif isinstance(resolution, Ambiguous):
            for candidate in resolution.candidates:
                if candidate.site.function is not None:
                    yield candidate.site.function


def _portable(index: RepoIndex) -> RepoIndex:
    """Leave out what is computed on demand: those that traces need travel with the traces."""
    return RepoIndex(
        files=index.files,
        indexed=index.indexed,
        sites=index.sites,
        functions={},
        steps={},
        problems=index.problems,
        n_files_seen=index.n_files_seen,
        tracking_uris=index.tracking_uris,
        experiments=index.experiments,
    )
