"""Does the jobs of the worker process, one after the other, on workspaces that stay open."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from functools import singledispatchmethod

from msgspec.structs import replace

from tracegloss.errors import SourceUnclearError, TraceNotFoundError
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.model.resolution import Ambiguous, Resolved
from tracegloss.model.site import FunctionId
from tracegloss.model.trace import SourceDescription, Trace
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
    Job,
    Laid,
    LayFile,
    LayTraces,
    NoSource,
    OpenRoot,
    RootOpened,
    RootRequest,
    SearchTraces,
    SourceChosen,
)

MOST_EXPERIMENTS = 100


class Performer:
    """The workspaces opened so far; a root whose request changed is opened anew."""

    def __init__(self) -> None:
        """Begin with nothing opened."""
        self._opened: dict[str, tuple[RootRequest, OpenedWorkspace]] = {}

    def _open(self, root: RootRequest) -> OpenedWorkspace:
        known = self._opened.get(str(root.path))
        if known is not None and known[0] == root:
            return known[1]
        opened = open_workspace(
            Opening(
                root=root.path,
                tracking_uri=root.tracking_uri,
                experiment=root.experiment,
                timeout=root.timeout,
                cache=root.cache,
            )
        )
        self._opened[str(root.path)] = root, opened
        return opened

    @singledispatchmethod
    def perform(self, job: Job[object]) -> Iterator[object]:
        """Do a job; yields its parts. Raises `TraceglossError` for what a reader can act on."""
        raise TypeError(f"no such job: {type(job).__name__}")

    @perform.register
    def _(self, job: OpenRoot) -> Iterator[object]:
        opened = self._open(job.root)
        index = _portable(opened.workspace.index)
        yield RootOpened(index, opened.settings, opened.told_problems())

    @perform.register
    def _(self, job: ChooseSource) -> Iterator[object]:
        opened = self._open(job.root)
        store = opened.store
        yield NoSource(store.looked) if isinstance(store, NoStore) else _chosen(opened, store, job)

    @perform.register
    def _(self, job: LayTraces) -> Iterator[object]:
        opened = self._open(job.root)
        for trace_id in job.trace_ids:
            try:
                trace = opened.source.trace(trace_id)
            except TraceNotFoundError:
                if len(job.trace_ids) == 1:
                    raise
                continue
            described = replace(opened.source.description, experiment_id=trace.info.experiment_id)
            yield _laid(opened, trace, described)

    @perform.register
    def _(self, job: LayFile) -> Iterator[object]:
        opened = self._open(job.root)
        for trace in read_file(job.file):
            yield _laid(opened, trace, SourceDescription("file", job.file.name))

    @perform.register
    def _(self, job: SearchTraces) -> Iterator[object]:
        yield tuple(self._open(job.root).source.search(job.query))


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


def _laid(opened: OpenedWorkspace, trace: Trace, described: SourceDescription) -> Laid:
    on_code = opened.workspace.lay(trace, described, time.time_ns())
    functions = _functions_of(on_code, opened.workspace.index.functions)
    hashes = {function: entry.text_hash for function, entry in functions.items()}
    return Laid(replace(on_code, text_hashes=hashes), functions, root_is_ours(on_code))


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
