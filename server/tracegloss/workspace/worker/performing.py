"""Does the jobs of the worker process, one after the other, on workspaces that stay open."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import singledispatchmethod
from pathlib import Path
from typing import TypeAlias

from msgspec.structs import replace

from tracegloss.correlate.sole_site import of_one_site
from tracegloss.errors import SourceError, SourceUnclearError, TraceError, TraceNotFoundError
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.model.resolution import Ambiguous, Resolved
from tracegloss.model.site import FunctionId
from tracegloss.model.trace import SourceDescription, Span, Trace
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.traces.choose_store import ChosenStore, NoStore
from tracegloss.traces.files import read_file
from tracegloss.traces.query import TraceQuery
from tracegloss.workspace.across_roots import FolderLaid, divided, has_root
from tracegloss.workspace.laid_before import LaidBefore
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
    ReadLastDay,
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
        self._before: dict[Path, LaidBefore] = {}
        self._spans: tuple[str, Mapping[str, Span]] = ("", {})
        self._tell_progress: Tell = _tell_nobody

    def _open(self, root: RootRequest) -> OpenedWorkspace:
        known = self._opened.get(str(root.path))
        if known is not None and known[0] == root:
            return known[1]
        opening = Opening(
            root=root.path,
            tracking_uri=root.tracking_uri,
            experiment=root.experiment,
            timeout=root.timeout,
            cache=root.cache,
            without=root.without,
        )
        opened = open_workspace(opening, self._indexed)
        self._opened[str(root.path)] = root, opened
        return opened

    def _indexed(self, n_done: int, n_files: int) -> None:
        """Tell how far an index has come to the job that is there for it, if that is being done.

        The index grows later as well, when a trace needs more of it: then that job is long over.
        """
        self._tell_progress(Indexing(n_done, n_files))

    @singledispatchmethod
    def perform(self, job: Job[object], tell: Tell) -> None:  # noqa: ARG002 (for the kinds of job)
        """Do a job and tell its parts; raises `TraceglossError` for what a reader can act on.

        What `tell` raises ends the job; the next one begins with what was known before.
        """
        raise TypeError(f"no such job: {type(job).__name__}")

    @perform.register
    def _(self, job: OpenRoot, tell: Tell) -> None:
        self._tell_progress = tell
        try:
            opened = self._open(job.root)
            index = _portable(opened.workspace.index)
        finally:
            self._tell_progress = _tell_nobody
        tell(RootOpened(index, opened.settings, opened.told_problems()))

    @perform.register
    def _(self, job: ChooseSource, tell: Tell) -> None:
        opened = self._open(job.root)
        store = opened.store
        if isinstance(store, NoStore):
            tell(NoSource(store.looked))
            return
        chosen = _chosen(opened, store, job)
        if isinstance(chosen, SourceChosen):
            self._around(opened).infos = chosen.infos
        tell(chosen)

    @perform.register
    def _(self, job: LayTraces, tell: Tell) -> None:
        opened = self._open(job.root)
        for trace_id in job.trace_ids:
            self._lay_from_store(opened, trace_id, job.beside, tell)

    @perform.register
    def _(self, job: LayFile, tell: Tell) -> None:
        opened = self._open(job.root)
        traces = read_file(job.file)
        described = SourceDescription("file", job.file.name)
        around = LaidBefore([trace.info for trace in traces])
        for trace in traces:
            self._lay(opened, trace, described, around, job.beside, tell)

    @perform.register
    def _(self, job: SearchTraces, tell: Tell) -> None:
        opened = self._open(job.root)
        infos = tuple(opened.source.search(job.query))
        self._around(opened).infos = infos
        tell(infos)

    @perform.register
    def _(self, job: ReadLastDay, tell: Tell) -> None:
        opened = self._open(job.root)
        added_up = opened.source.last_day(job.experiment_id, time.time_ns() // 10**6)
        sites = opened.workspace.index.sites
        tell(None if added_up is None else of_one_site(added_up, sites))

    @perform.register
    def _(self, job: ReadRanFile, tell: Tell) -> None:
        read = self._open(job.root).read_with_diff(job.info, job.standing)
        tell(read(job.path))

    @perform.register
    def _(self, job: ReadSpan, tell: Tell) -> None:
        if self._spans[0] != job.trace_id:
            self._keep_spans(self._read_again(job))
        tell(self._spans[1].get(job.span_id))

    def _around(self, opened: OpenedWorkspace) -> LaidBefore:
        """Give what the store of a root told last, for the traces of it that are laid next."""
        return self._before.setdefault(opened.root, LaidBefore())

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

    def _lay_from_store(
        self, opened: OpenedWorkspace, trace_id: str, beside: Sequence[RootRequest], tell: Tell
    ) -> None:
        """Read one trace and lay it; one that cannot be read stands in nobody's way."""
        try:
            trace = opened.source.trace(trace_id)
        except SourceError:
            raise
        except TraceError as error:
            tell(NotLaid(trace_id, isinstance(error, TraceNotFoundError), str(error)))
            return
        described = replace(opened.source.description, experiment_id=trace.info.experiment_id)
        self._lay(opened, trace, described, self._around(opened), beside, tell)

    def _lay(
        self,
        opened: OpenedWorkspace,
        trace: Trace,
        described: SourceDescription,
        before: LaidBefore,
        beside: Sequence[RootRequest],
        tell: Tell,
    ) -> None:
        """Lay a trace on a root, and on other folders what it has of their code."""
        now_ns = time.time_ns()
        whole = opened.lay_stored(trace, described, now_ns, before.around(trace.info))
        before.remember(whole, opened.workspace.index)
        shares = {opened.root: whole} if root_is_ours(whole) else {}
        folders = [self._open(each) for each in beside]
        if folders:
            here = FolderLaid(opened.root, whole)
            there = [FolderLaid(f.root, f.workspace.lay(trace, described, now_ns)) for f in folders]
            shares = _shares(here, there)
        for folder in folders:
            if folder.root in shares:
                part = self._kept(folder, shares[folder.root], is_ours=True)
                tell(replace(part, elsewhere=folder.root))
        is_ours = opened.root in shares
        tell(self._kept(opened, shares.get(opened.root, whole), is_ours=is_ours))

    def _kept(self, opened: OpenedWorkspace, whole: TraceOnCode, *, is_ours: bool) -> Laid:
        """Give a laid trace as an editor keeps it."""
        on_code = fitting(whole)
        if on_code.is_skeleton:
            self._keep_spans(whole.trace)
        functions = _functions_of(on_code, opened.workspace.index.functions)
        hashes = {function: entry.text_hash for function, entry in functions.items()}
        return Laid(replace(on_code, text_hashes=hashes), functions, is_ours)


def _shares(here: FolderLaid, there: Sequence[FolderLaid]) -> dict[Path, TraceOnCode]:
    """Divide a trace between the root that has it and other folders, whichever its home is."""
    every = [here, *there]
    own = here if root_is_ours(here.on_code) else None
    home = next((each for each in every if has_root(each.on_code)), own)
    if home is None:
        return {}
    at_home, parts = divided(home, [each for each in every if each is not home])
    return {home.path: at_home, **parts}


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
