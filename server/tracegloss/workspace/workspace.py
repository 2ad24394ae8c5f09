"""One root with its settings, its index and its texts; lays traces on its code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tracegloss.correlate import correlate, frame_files
from tracegloss.findings import examine
from tracegloss.history.standing import commit_standing, repository_state
from tracegloss.index.build import IndexState
from tracegloss.index.repo import RepoIndex
from tracegloss.model.finding import Examination
from tracegloss.model.repository import RepositoryState
from tracegloss.model.resolution import Ambiguous, Correlation, Resolution, Resolved, Unresolved
from tracegloss.model.settings import Settings
from tracegloss.model.site import Place
from tracegloss.model.trace import SourceDescription, Trace, TraceInfo
from tracegloss.overlay.silencing import silenced
from tracegloss.overlay.text_hashes import text_hashes
from tracegloss.snapshot import TraceOnCode
from tracegloss.tree import SpanTree, critical_path, self_times, span_tree
from tracegloss.workspace.texts import Texts

MOST_ROUNDS = 3


class Workspace:
    """A root and what is known of it; grows its index when a trace needs more of it."""

    def __init__(self, root: Path, settings: Settings, index: IndexState) -> None:
        """Take a resolved root, its settings and the state of its index."""
        self.root = root
        self.settings = settings
        self._state = index
        self._repository: RepositoryState | None = None

    @property
    def index(self) -> RepoIndex:
        """The index as far as it was built."""
        return self._state.index

    @property
    def repository(self) -> RepositoryState:
        """The state of the root's repository, asked once."""
        if self._repository is None:
            self._repository = repository_state(self.root)
        return self._repository

    def lay(
        self,
        trace: Trace,
        source: SourceDescription,
        now_ns: int | None = None,
        others: Sequence[TraceInfo] = (),
    ) -> TraceOnCode:
        """Lay one trace on the code: correlate, grow the index while that helps, examine.

        `now_ns` is the time for rules that need one; `others` are infos of other traces.
        """
        tree = span_tree(trace)
        texts = Texts(self.root)
        correlation = self._correlate(trace, tree, texts)
        self_ns, critical = self_times(tree), critical_path(tree)
        examination = examine(
            trace,
            tree,
            self_ns,
            correlation,
            self.index,
            self.settings,
            now_ns=now_ns,
            other_traces=others,
        )
        laid_on = texts.of(_paths(correlation, examination))
        return TraceOnCode(
            trace=trace,
            tree=tree,
            self_ns=self_ns,
            critical=critical,
            source=source,
            standing=commit_standing(self.root, trace.info, self.repository),
            repositories=(self.repository,),
            correlation=correlation,
            examination=silenced(examination, laid_on),
            texts=laid_on,
            settings=self.settings,
            text_hashes=text_hashes(correlation, self.index),
        )

    def _correlate(self, trace: Trace, tree: SpanTree, texts: Texts) -> Correlation:
        framed = frame_files(trace, self.index.files, self.settings)
        self._state.extend(framed)
        remotes = (self.repository.remote,) if self.repository.remote else ()
        correlation = correlate(trace, tree, self.index, texts.of(framed), self.settings, remotes)
        for _ in range(MOST_ROUNDS):
            known = self.index.indexed
            if not correlation.wanted - known:
                break
            self._state.extend(correlation.wanted)
            correlation = correlate(
                trace, tree, self.index, texts.of(framed), self.settings, remotes
            )
        self._state.keep_steps()
        return correlation


def _paths(correlation: Correlation, examination: Examination) -> set[str]:
    places = {place.path for r in correlation.resolutions.values() for place in _places(r)}
    for exceptions in correlation.frames.values():
        for frame in (f for blocks in exceptions for frames in blocks for f in frames):
            if frame.place is not None:
                places.add(frame.place.path)
    for finding in examination.findings:
        related = (each.place for each in finding.related)
        places.update(place.path for place in (finding.place, *related) if place is not None)
    return places


def _places(resolution: Resolution) -> Iterator[Place]:
    match resolution:
        case Resolved(site=site, called_from=called_from):
            yield site.at
            if called_from is not None:
                yield called_from
        case Ambiguous(candidates=candidates):
            yield from (candidate.site.at for candidate in candidates)
        case Unresolved(near=near):
            yield from () if near is None else (near,)
