"""Opens a workspace with the place its traces come from, and finds the trace that was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tracegloss.correlate.taught import untaught
from tracegloss.errors import (
    SourceRefusedError,
    SourceUnreachableError,
    TraceError,
    TraceNotFoundError,
)
from tracegloss.history.commit_tree import head_tree
from tracegloss.history.hardened import is_bare
from tracegloss.history.named_commit import NamedCommit, model_of
from tracegloss.index.build import IndexState, build_index
from tracegloss.index.files.asked import AskedFiles
from tracegloss.index.files.ignore import line_for_folder
from tracegloss.index.files.tree_of_files import WorkingTree
from tracegloss.index.progress import TellProgress, tell_nobody
from tracegloss.index.store.store import Store, cache_folder
from tracegloss.model.repository import CommitStanding
from tracegloss.model.resolution import Ambiguous, Resolved, Unresolved
from tracegloss.model.settings import RedactionLevel, Settings
from tracegloss.model.trace import Labels, Problem, SourceDescription, Trace, TraceInfo
from tracegloss.recorded import Recorded, phrase
from tracegloss.redaction import Redactor
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.traces.argument import Last, StandardInput, TraceFile, TraceId, understand
from tracegloss.traces.choose_experiment import (
    ChosenExperiment,
    WhatIsKnown,
    choose_experiment,
    newest_traces,
)
from tracegloss.traces.choose_store import VARIABLE, ChosenStore, NoStore, choose_store, required
from tracegloss.traces.files import read_file, read_stream
from tracegloss.traces.query import Source
from tracegloss.traces.ui_address import UiAddress
from tracegloss.workspace.asking_ahead import ask_ahead, commit_to_read
from tracegloss.workspace.at import At
from tracegloss.workspace.beside import Beside
from tracegloss.workspace.neighbours import Around, Neighbours, neighbours_of
from tracegloss.workspace.root import read_within, root_of
from tracegloss.workspace.settings import read_settings
from tracegloss.workspace.workspace import Workspace


class Opening(Struct, frozen=True):
    """How a workspace is opened; what is `None` is found by itself.

    `root` is the folder paths are relative to; without one it is the repository around the current
    folder. `timeout` is seconds for each question to a server. `cache` says whether the store of
    facts is used. `at` is the commit that traces are resolved at, instead of what they recorded.
    `asked` is the question for the root's files, where it is under way already. `without` are
    folders below the root, relative to it, whose code is not looked at.
    """

    root: Path | None = None
    tracking_uri: str | None = None
    experiment: str | None = None
    timeout: float = 10.0
    cache: bool = True
    redaction: RedactionLevel | None = None
    at: At | None = None
    asked: AskedFiles | None = None
    without: tuple[str, ...] = ()


class OpenedWorkspace:
    """A workspace and its store of traces.

    The code is indexed and the store chosen when they are first needed.
    """

    def __init__(
        self,
        root: Path,
        settings: Settings,
        opening: Opening,
        problems: tuple[Problem, ...],
        progress: TellProgress = tell_nobody,
    ) -> None:
        """Take a root, its settings, how it was opened, and what was wrong with the settings.

        `progress` is told how far the index has come, when it is made.
        """
        self.root = root
        self.settings = settings
        self.problems = problems
        self._opening = opening
        self._progress = progress
        self._workspace: Workspace | None = None
        self._expected: NamedCommit | None = None
        self._store: ChosenStore | NoStore | None = None
        self._source: Source | None = None
        self._server_workspace: str | None = None

    @property
    def workspace(self) -> Workspace:
        """The root with its index."""
        if self._workspace is None:
            cache = cache_folder() if self._opening.cache else None
            # Git answers while the index waits for its list of files.
            asking = Beside(partial(ask_ahead, self.root, self._expected))
            state = self._indexed(cache)
            self._workspace = Workspace(
                self.root, self.settings, state, cache, self._opening.at, asking.result
            )
        return self._workspace

    def _expect(self, info: TraceInfo | None) -> None:
        """Note a trace that will be laid, so that git is asked for its commit meanwhile."""
        self._expected = commit_to_read(info, None, self._opening.at, self.settings)

    def _indexed(self, cache: Path | None) -> IndexState:
        """Index the working files, or HEAD of a repository that has none."""
        exclude = self.settings.exclude
        tree = head_tree(self.root, exclude) if is_bare(self.root) else None
        if tree is not None:
            return build_index(tree, Store.open(cache), self._progress)
        working = WorkingTree.of(self.root, exclude, self._opening.asked)
        return build_index(working, Store.open(cache), self._progress)

    @property
    def store(self) -> ChosenStore | NoStore:
        """Which store was chosen and why, or where one was looked for."""
        if self._store is None:
            option, setting = self._opening.tracking_uri, self.settings.tracking_uri
            is_named = option or setting or os.environ.get(VARIABLE)
            self._store = choose_store(
                self.root,
                os.environ,
                option=option,
                setting=setting,
                in_code=() if is_named else self.workspace.index.tracking_uris,
            )
        return self._store

    @property
    def source(self) -> Source:
        """The store's source; raises `SourceError` when no store was found."""
        if self._source is None:
            # Sockets and certificates take long to import, and a trace file needs none of them.
            from tracegloss.traces.sources import open_source

            chosen = required(self.store)
            environment, home = self._environment(chosen), Path.home()
            self._source = open_source(chosen.uri, environment, home, self._opening.timeout)
        return self._source

    def experiment(self) -> ChosenExperiment:
        """Choose the experiment; raises a `SourceError` that lists them when none is clear."""
        wanted = self._opening.experiment or self.settings.experiment
        because = "given with --experiment" if self._opening.experiment else "[tool.tracegloss]"
        remote = self.workspace.repository.remote
        known = WhatIsKnown(
            wanted=wanted,
            wanted_because=because,
            in_code=self.workspace.index.experiments,
            remote_urls=(remote,) if remote else (),
            is_ours=self._lies_here,
        )
        return choose_experiment(self.source, known, os.environ)

    def lay_all(
        self, written: str, now_ns: int | None = None, *, neighbours: bool = False
    ) -> Iterator[TraceOnCode]:
        """Find what `correlate`'s argument means and lay each of its traces on the code.

        Everything is read when this returns; what is slow to answer is read beside the indexing.
        With `neighbours` the store is asked for traces around a stored one.
        Raises `TraceNotFoundError`, `UsageError`, or what the store has to say.
        """
        argument = understand(written, Path.cwd())
        if isinstance(argument, StandardInput):
            reading = Beside(_standard_input)
            return self._lay_file(reading, "stdin", "-", now_ns)
        if isinstance(argument, TraceFile):
            traces = read_file(argument.path)
            self._expect(traces[0].info if traces else None)
            return self._lay_file(traces, "file", written, now_ns)
        if isinstance(argument, Last):
            return iter([self._lay_last(now_ns, neighbours=neighbours)])
        if isinstance(argument, UiAddress):
            return iter([self._lay_address(argument, now_ns, neighbours=neighbours)])
        return iter([self._lay_id(argument, now_ns, neighbours=neighbours)])

    def close(self) -> None:
        """Let go of the store of facts, if it was opened."""
        if self._workspace is not None:
            self._workspace.close()

    def told_problems(self) -> tuple[str, ...]:
        """Say what was wrong with settings and files of the tree, redacted, one line each."""
        redactor = Redactor(self.settings.redaction)
        index = self.workspace.index
        listed = (*self.problems, *untaught(self.settings, index), *index.problems)
        return tuple(redactor.phrase(problem.message) for problem in listed)

    def _lay_file(
        self,
        read: tuple[Trace, ...] | Beside[tuple[Trace, ...]],
        kind: Literal["file", "stdin"],
        name: str,
        now_ns: int | None,
    ) -> Iterator[TraceOnCode]:
        workspace = self.workspace
        traces = read.result() if isinstance(read, Beside) else read
        source = SourceDescription(kind, name)
        infos = [trace.info for trace in traces]
        return (workspace.lay(trace, source, now_ns, infos) for trace in traces)

    def _lay_id(self, argument: TraceId, now_ns: int | None, *, neighbours: bool) -> TraceOnCode:
        source = self.source
        if source.description.kind == "sqlite":
            trace = source.trace(argument.trace_id)
            self._expect(trace.info)
        else:
            reading = Beside(lambda: source.trace(argument.trace_id))
            _ = self.workspace
            trace = reading.result()
        described = replace(source.description, experiment_id=trace.info.experiment_id)
        around = self._neighbours(trace.info) if neighbours else None
        return self.lay_stored(trace, described, now_ns, around)

    def lay_stored(
        self,
        trace: Trace,
        source: SourceDescription,
        now_ns: int | None = None,
        around: Around | None = None,
    ) -> TraceOnCode:
        """Lay a trace of the store, with the tags of its logged model when it names one.

        For a trace of a file no store is asked. What is `around` it is looked at too.
        """
        model = None if source.kind == "file" else self._model(trace.info)
        return self.workspace.lay(trace, source, now_ns, (), model, around)

    def _neighbours(
        self, info: TraceInfo, infos: Sequence[TraceInfo] | None = None
    ) -> Neighbours | None:
        chosen = required(self.store)
        environment, timeout = self._environment(chosen), self._opening.timeout
        return neighbours_of(chosen.uri, environment, timeout, info, infos)

    def _environment(self, chosen: ChosenStore) -> Mapping[str, str]:
        from tracegloss.traces.logins import environment_for

        named = self._server_workspace
        environment = environment_for(chosen, os.environ)
        return environment if named is None else {**environment, "MLFLOW_WORKSPACE": named}

    def read_with_diff(
        self, info: TraceInfo, standing: CommitStanding
    ) -> Callable[[str], bytes | None]:
        """Give the texts that the diff stored with a trace's model made, by path."""
        return self.workspace.edits(info, standing, self._model(info)).texts.get

    def texts_of_run(self, on_code: TraceOnCode) -> dict[str, bytes | None]:
        """Give the texts that stood in place of its commit's files when a trace ran, by path.

        As far as they are known: stored with its model, or in working files written before it ran.
        """
        info, standing = on_code.trace.info, on_code.standing
        model = None if on_code.source.kind == "file" else self._model(info)
        edits = self.workspace.edits(info, standing, model)
        still_here = [path for path, basis in edits.bases.items() if basis == "working-tree"]
        return {**{path: read_within(self.root, path) for path in still_here}, **edits.texts}

    def _model(self, info: TraceInfo) -> Labels | None:
        """Read the tags of a trace's model; a store that cannot tell them is no reason to stop."""
        model_id = model_of(info)
        if model_id is None:
            return None
        try:
            return self.source.model_tags(model_id)
        except TraceError:
            return None

    def _lay_address(
        self, address: UiAddress, now_ns: int | None, *, neighbours: bool
    ) -> TraceOnCode:
        opening = replace(
            self._opening,
            tracking_uri=address.tracking_uri,
            experiment=address.experiment_id or self._opening.experiment,
        )
        there = OpenedWorkspace(self.root, self.settings, opening, self.problems)
        there._workspace = self._workspace
        there._server_workspace = address.workspace
        if address.trace_id is None:
            return there._lay_last(now_ns, neighbours=neighbours)
        return there._lay_id(TraceId(address.trace_id), now_ns, neighbours=neighbours)

    def _lay_last(self, now_ns: int | None, *, neighbours: bool) -> TraceOnCode:
        """Lay the newest trace whose root this repository made; unreadable ones are passed over.

        Raises what was wrong with the first when none can be read.
        """
        chosen = self.experiment()
        described = replace(
            self.source.description,
            experiment_id=chosen.experiment.experiment_id,
            experiment_name=chosen.experiment.name,
            chosen_because=chosen.because,
        )
        infos = list(newest_traces(self.source, chosen.experiment.experiment_id))
        unreadable: list[TraceError] = []
        for info in infos:
            around = infos if neighbours else None
            laid = self._lay_listed(info, described, now_ns, around, unreadable)
            if laid is not None and root_is_ours(laid):
                return laid
        if unreadable and len(unreadable) == len(infos):
            raise unreadable[0]
        raise TraceNotFoundError(
            "No trace of this repository" if infos else "No trace",
            where=f"the newest {len(infos)} of experiment {chosen.experiment.experiment_id}"
            if infos
            else f"experiment {chosen.experiment.experiment_id} is empty",
            remedy="Name one: tracegloss traces lists them",
        )

    def _lay_listed(
        self,
        info: TraceInfo,
        source: SourceDescription,
        now_ns: int | None,
        infos: list[TraceInfo] | None,
        unreadable: list[TraceError],
    ) -> TraceOnCode | None:
        """Lay a trace that was listed a moment ago; one that was deleted since is passed over."""
        try:
            trace = self.source.trace(info.trace_id)
        except TraceNotFoundError:
            return None
        except (SourceUnreachableError, SourceRefusedError):
            raise
        except TraceError as error:
            unreadable.append(error)
            words = "trace {id} is passed over: {what}"
            told = phrase(words, id=Recorded(info.trace_id), what=error.what)
            self.problems = (*self.problems, Problem("trace", told))
            return None
        around = None if infos is None else self._neighbours(info, infos)
        return self.lay_stored(trace, source, now_ns, around)

    def _lies_here(self, name: str) -> bool:
        """Tell whether a recorded program is a file of the root; it may be named from there."""
        path = Path(os.path.normpath(self.root / name))
        if not path.is_relative_to(self.root):
            return False
        return Path(name).is_absolute() or path.is_file()


def _standard_input() -> tuple[Trace, ...]:
    # With a reader of its own: nobody may hold the lock of `sys.stdin` when Python ends.
    with open(sys.stdin.fileno(), "rb", closefd=False) as stream:
        return read_stream(stream)


def open_workspace(opening: Opening, progress: TellProgress = tell_nobody) -> OpenedWorkspace:
    """Open the workspace at a root, or around the current folder, and read its settings.

    `progress` is told how far the index has come. Raises `RepositoryError` when the root is no
    folder.
    """
    root = root_of(opening.root)
    settings, problems = read_settings(root)
    left_out = (line_for_folder(folder) for folder in opening.without)
    settings = replace(settings, exclude=(*settings.exclude, *left_out))
    if opening.redaction is not None:
        redaction = replace(settings.redaction, level=opening.redaction)
        settings = replace(settings, redaction=redaction)
    return OpenedWorkspace(root, settings, opening, problems, progress)


def root_is_ours(laid: TraceOnCode) -> bool:
    """Tell whether the first root span lies on this repository's code."""
    top = next(iter(laid.tree.roots or laid.tree.orphans), None)
    match laid.correlation.resolutions.get(top or ""):
        case Resolved() | Ambiguous():
            return True
        case Unresolved(reason="dynamic"):
            return True
        case _:
            return False
