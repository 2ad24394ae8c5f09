"""Opens a workspace with the place its traces come from, and finds the trace that was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tracegloss.errors import TraceNotFoundError
from tracegloss.index.build import index_folder
from tracegloss.index.store import cache_folder
from tracegloss.model.resolution import Ambiguous, Resolved, Unresolved
from tracegloss.model.settings import RedactionLevel, Settings
from tracegloss.model.trace import Problem, SourceDescription, Trace
from tracegloss.redaction import Redactor
from tracegloss.snapshot import TraceOnCode
from tracegloss.traces.argument import Last, StandardInput, TraceFile, TraceId, understand
from tracegloss.traces.choose_experiment import (
    ChosenExperiment,
    WhatIsKnown,
    choose_experiment,
    newest_traces,
)
from tracegloss.traces.choose_store import ChosenStore, NoStore, choose_store, required
from tracegloss.traces.files import read_file, read_stream
from tracegloss.traces.query import Source
from tracegloss.traces.sources import DEFAULT_TIMEOUT, open_source
from tracegloss.traces.ui_address import UiAddress
from tracegloss.workspace.root import find_root
from tracegloss.workspace.settings import read_settings
from tracegloss.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Opening:
    """How a workspace is opened; what is `None` is found by itself.

    `root` is the folder paths are relative to; without one it is the repository around the current
    folder. `timeout` is seconds for each question to a server. `cache` says whether the store of
    facts is used.
    """

    root: Path | None = None
    tracking_uri: str | None = None
    experiment: str | None = None
    timeout: float = DEFAULT_TIMEOUT
    cache: bool = True
    redaction: RedactionLevel | None = None


class OpenedWorkspace:
    """A workspace and its store of traces; the store is chosen when it is first needed."""

    def __init__(
        self, workspace: Workspace, opening: Opening, problems: tuple[Problem, ...]
    ) -> None:
        """Take a workspace, how it was opened, and what was wrong with its settings."""
        self.workspace = workspace
        self.problems = problems
        self._opening = opening
        self._store: ChosenStore | NoStore | None = None
        self._source: Source | None = None

    @property
    def root(self) -> Path:
        """The folder paths are relative to."""
        return self.workspace.root

    @property
    def settings(self) -> Settings:
        """The root's settings."""
        return self.workspace.settings

    @property
    def store(self) -> ChosenStore | NoStore:
        """Which store was chosen and why, or where one was looked for."""
        if self._store is None:
            self._store = choose_store(
                self.root,
                os.environ,
                option=self._opening.tracking_uri,
                setting=self.settings.tracking_uri,
                in_code=self.workspace.index.tracking_uris,
            )
        return self._store

    @property
    def source(self) -> Source:
        """The store's source; raises `SourceError` when no store was found."""
        if self._source is None:
            chosen = required(self.store)
            self._source = open_source(chosen.uri, os.environ, Path.home(), self._opening.timeout)
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

    def lay_all(self, written: str, now_ns: int | None = None) -> Iterator[TraceOnCode]:
        """Find what `correlate`'s argument means and lay each of its traces on the code.

        Raises `TraceNotFoundError`, `UsageError`, or what the store has to say.
        """
        argument = understand(written, Path.cwd())
        if isinstance(argument, StandardInput):
            yield from self._lay_file(read_stream(sys.stdin.buffer), "stdin", "-", now_ns)
        elif isinstance(argument, TraceFile):
            yield from self._lay_file(read_file(argument.path), "file", written, now_ns)
        elif isinstance(argument, Last):
            yield self._lay_last(now_ns)
        elif isinstance(argument, UiAddress):
            yield self._lay_address(argument, now_ns)
        else:
            yield self._lay_id(argument, now_ns)

    def told_problems(self) -> tuple[str, ...]:
        """Say what was wrong with settings and files of the tree, redacted, one line each."""
        redactor = Redactor(self.settings.redaction)
        listed = (*self.problems, *self.workspace.index.problems)
        return tuple(redactor.phrase(problem.message) for problem in listed)

    def _lay_file(
        self, traces: tuple[Trace, ...], kind: str, name: str, now_ns: int | None
    ) -> Iterator[TraceOnCode]:
        source = SourceDescription("stdin" if kind == "stdin" else "file", name)
        infos = [trace.info for trace in traces]
        for trace in traces:
            yield self.workspace.lay(trace, source, now_ns, infos)

    def _lay_id(self, argument: TraceId, now_ns: int | None) -> TraceOnCode:
        trace = self.source.trace(argument.trace_id)
        described = replace(self.source.description, experiment_id=trace.info.experiment_id)
        return self.workspace.lay(trace, described, now_ns)

    def _lay_address(self, address: UiAddress, now_ns: int | None) -> TraceOnCode:
        opening = replace(
            self._opening,
            tracking_uri=address.tracking_uri,
            experiment=address.experiment_id or self._opening.experiment,
        )
        there = OpenedWorkspace(self.workspace, opening, self.problems)
        if address.trace_id is None:
            return there._lay_last(now_ns)
        return there._lay_id(TraceId(address.trace_id), now_ns)

    def _lay_last(self, now_ns: int | None) -> TraceOnCode:
        """Lay the newest trace whose root this repository made."""
        chosen = self.experiment()
        described = replace(
            self.source.description,
            experiment_id=chosen.experiment.experiment_id,
            experiment_name=chosen.experiment.name,
            chosen_because=chosen.because,
        )
        infos = list(newest_traces(self.source, chosen.experiment.experiment_id))
        for info in infos:
            trace = self.source.trace(info.trace_id)
            laid = self.workspace.lay(trace, described, now_ns, infos)
            if _root_is_ours(laid):
                return laid
        raise TraceNotFoundError(
            "No trace of this repository" if infos else "No trace",
            where=f"the newest {len(infos)} of experiment {chosen.experiment.experiment_id}"
            if infos
            else f"experiment {chosen.experiment.experiment_id} is empty",
            remedy="Name one: tracegloss traces lists them",
        )

    def _lies_here(self, name: str) -> bool:
        path = Path(name)
        return path.is_absolute() and path.is_relative_to(self.root)


def open_workspace(opening: Opening) -> OpenedWorkspace:
    """Open the workspace at a root, or around the current folder; reads settings, builds the index.

    Raises `RepositoryError` when the root is no folder.
    """
    root = find_root(Path.cwd()) if opening.root is None else opening.root.resolve()
    settings, problems = read_settings(root)
    if opening.redaction is not None:
        redaction = replace(settings.redaction, level=opening.redaction)
        settings = replace(settings, redaction=redaction)
    state = index_folder(root, settings.exclude, cache_folder() if opening.cache else None)
    return OpenedWorkspace(Workspace(root, settings, state), opening, problems)


def _root_is_ours(laid: TraceOnCode) -> bool:
    """Tell whether the first root span lies on this repository's code."""
    top = next(iter(laid.tree.roots or laid.tree.orphans), None)
    match laid.correlation.resolutions.get(top or ""):
        case Resolved() | Ambiguous():
            return True
        case Unresolved(reason="dynamic"):
            return True
        case _:
            return False
