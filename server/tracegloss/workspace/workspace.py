"""One root with its settings, its index and its texts; lays traces on its code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from tracegloss.errors import RevisionError
from tracegloss.findings import asks_history, examine
from tracegloss.findings.history import EarlierCall
from tracegloss.history.code import Code
from tracegloss.history.hardened import is_bare
from tracegloss.history.named_commit import recorded_dirty
from tracegloss.history.quoted import edited_by_stacks
from tracegloss.index.build import IndexState
from tracegloss.index.repo import RepoIndex
from tracegloss.model.finding import Examination
from tracegloss.model.freshness import SinceTrace
from tracegloss.model.repository import CommitStanding, RepositoryState, WhyNow
from tracegloss.model.resolution import (
    Ambiguous,
    Correlation,
    Freshness,
    Resolution,
    Resolved,
    Unresolved,
)
from tracegloss.model.settings import Settings
from tracegloss.model.site import Place
from tracegloss.model.trace import Labels, SourceDescription, Trace, TraceInfo
from tracegloss.overlay.silencing import silenced
from tracegloss.overlay.text_hashes import text_hashes
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.tree import SpanTree, critical_path, self_times, span_tree
from tracegloss.workspace.as_ran import (
    LaidOn,
    all_capped,
    is_unexplained,
    n_resolved,
    unchanged,
    with_those_of_now,
)
from tracegloss.workspace.asking_ahead import AskedAhead, ask_ahead, commit_to_read
from tracegloss.workspace.at import At, AtRevision, Now
from tracegloss.workspace.commits import Commits, Edits
from tracegloss.workspace.doubting import doubted
from tracegloss.workspace.neighbours import Around
from tracegloss.workspace.root import read_within
from tracegloss.workspace.texts import Texts
from tracegloss.workspace.tree_code import TreeCode


class Workspace:
    """A root and what is known of it; grows its index when a trace needs more of it."""

    def __init__(
        self,
        root: Path,
        settings: Settings,
        index: IndexState,
        cache: Path | None = None,
        at: At | None = None,
        ask: Callable[[], AskedAhead] | None = None,
    ) -> None:
        """Take a resolved root, its settings, the state of its index, and the store's folder.

        `at` is the commit that a reader named, or `NOW`. `ask` gives what git was asked of the
        root's repository already; it is called once.
        """
        self.root = root
        self.settings = settings
        # Without working files the code of now is that of the tree that was indexed, its HEAD.
        read = index.tree.read if is_bare(root) else partial(read_within, root)
        self._now = TreeCode(index, read)
        self._asked: AskedAhead | None = None
        self._ask = ask or partial(ask_ahead, root, None)
        self._commits = Commits(root, settings, self._now, cache)
        self._at = at

    @property
    def index(self) -> RepoIndex:
        """The index as far as it was built."""
        return self._now.index

    @property
    def repository(self) -> RepositoryState:
        """The state of the root's repository, asked once."""
        return self._ahead.state

    @property
    def _ahead(self) -> AskedAhead:
        if self._asked is None:
            asked = self._ask()
            self._asked = replace(asked, state=replace(asked.state, root=self.root.as_posix()))
            if asked.objects is not None:
                self._commits.objects = asked.objects
        return self._asked

    def lay(
        self,
        trace: Trace,
        source: SourceDescription,
        now_ns: int | None = None,
        others: Sequence[TraceInfo] = (),
        model: Labels | None = None,
        neighbours: Around | None = None,
    ) -> TraceOnCode:
        """Lay one trace on the code: correlate, grow the index while that helps, examine.

        `now_ns` is the time for rules that need one; `others` are infos of other traces; `model`
        has the tags of the trace's logged model; `neighbours` know of other traces and earlier
        calls. Raises `RevisionError` when a commit that a reader named is not here.
        """
        tree = span_tree(trace)
        texts = Texts(self._now.read)
        standing = self._standing(trace.info, model)
        laid, standing = self._laid_on(trace, tree, texts, standing, model)
        self_ns, critical = self_times(tree), critical_path(tree)
        history: tuple[EarlierCall, ...] = ()
        if neighbours is not None and self._ran_as_now(laid) and asks_history(trace, self.settings):
            history = neighbours.earlier_calls(laid.index, self.settings)
            self._now.state.keep_steps()
        examination = examine(
            trace,
            tree,
            self_ns,
            laid.correlation,
            laid.index,
            self.settings,
            now_ns=now_ns,
            history=history,
            other_traces=others if neighbours is None else (*others, *neighbours.infos()),
        )
        here = texts.of(_paths(laid.correlation, examination))
        is_compared = standing.resolved_at == "commit"
        repository = replace(self.repository, dirty=self._commits.dirty(compare=is_compared))
        return TraceOnCode(
            trace=trace,
            tree=tree,
            self_ns=self_ns,
            critical=critical,
            source=source,
            standing=standing,
            repositories=(repository, *self._repositories_at(laid)),
            correlation=laid.correlation,
            examination=silenced(examination, here),
            texts={**here, **laid.texts},
            settings=self.settings,
            text_hashes=text_hashes(laid.correlation, self.index),
            since=laid.since,
            since_lines=laid.since_lines,
        )

    def close(self) -> None:
        """Let go of the store of facts, when no more traces are laid."""
        self._now.state.close()

    def _ran_as_now(self, laid: LaidOn) -> bool:
        """Tell whether a trace ran at the code of now, which earlier ones can be laid on too."""
        return laid.index is self.index and all(
            since.freshness is Freshness.IDENTICAL for since in laid.since.values()
        )

    def edits(self, info: TraceInfo, standing: CommitStanding, model: Labels | None) -> Edits:
        """Tell which edits a trace ran with beside its commit, as far as they are known."""
        return self._commits.edits(info, standing, model)

    def _standing(self, info: TraceInfo, model: Labels | None) -> CommitStanding:
        """Say which commit a trace ran at and where it stands; what a reader names comes first."""
        named = commit_to_read(info, model, self._at, self.settings)
        standing = self._ahead.standing_of(self.root, named)
        if standing.commit is None:
            standing = replace(standing, dirty_at_recording=recorded_dirty(info, model))
        if isinstance(self._at, AtRevision) and not standing.known_here:
            raise RevisionError(
                "No such commit here",
                where=self._at.revision,
                remedy=self._remedy(standing),
            )
        if isinstance(self._at, Now):
            return replace(standing, why_now="asked") if standing.commit else standing
        return standing

    def _remedy(self, standing: CommitStanding) -> str:
        if standing.fetch:
            return f"Get it: {standing.fetch}"
        return self.repository.unavailable or "Name another with --at"

    def _laid_on(
        self,
        trace: Trace,
        tree: SpanTree,
        texts: Texts,
        standing: CommitStanding,
        model: Labels | None,
    ) -> tuple[LaidOn, CommitStanding]:
        """Correlate with the code that ran, as far as it is here and differs from that of now."""

        def now() -> Correlation:
            return self._correlated(self._now, trace, tree, texts)

        if standing.commit is None or not standing.known_here or standing.why_now is not None:
            is_doubtful = standing.known_here is False and standing.why_now != "asked"
            correlation = (
                all_capped(now()) if is_doubtful else self._doubted(now(), trace, standing)
            )
            return LaidOn(correlation, self.index, self._by_stacks(correlation)), standing
        edits = self._commits.edits(trace.info, standing, model)
        if edits.is_as_now:
            correlation = now()
            since = unchanged(correlation, edits.bases)
            return LaidOn(correlation, self.index, since), replace(standing, resolved_at="commit")
        carrying = self._commits.carrying(standing.commit, edits, self.repository.commit)
        ran = self._correlated(carrying.then, trace, tree, Texts(carrying.then.read))
        standing = replace(standing, resolved_at="commit", stored_diff=edits.stored_diff)
        if not any(map(is_unexplained, ran.resolutions.values())):
            return carrying.carry(trace, ran), standing
        at_now = now()
        if n_resolved(ran) == 0 and n_resolved(at_now):
            is_whole = not carrying.then.state.tree.problems
            why: WhyNow = "not-there" if is_whole else "unreadable"
            not_there = replace(standing, resolved_at="working-tree", why_now=why)
            return LaidOn(all_capped(at_now), self.index, self._by_stacks(at_now)), not_there
        return with_those_of_now(carrying.carry(trace, ran), ran, at_now, self.index), standing

    def _doubted(
        self, correlation: Correlation, trace: Trace, standing: CommitStanding
    ) -> Correlation:
        if isinstance(self._at, Now):
            return correlation
        objects, began_ns = self._commits.objects, trace.info.request_ns
        return doubted(correlation, self.index, objects, self.repository, standing, began_ns)

    def _by_stacks(self, correlation: Correlation) -> dict[str, SinceTrace]:
        now = self._now
        return edited_by_stacks(correlation, Code(now.index.files, now.read, now.index))

    def _correlated(
        self, code: TreeCode, trace: Trace, tree: SpanTree, texts: Texts
    ) -> Correlation:
        remotes = (self.repository.remote,) if self.repository.remote else ()
        return code.correlate(trace, tree, texts, self.settings, remotes)

    def _repositories_at(self, laid: LaidOn) -> Iterator[RepositoryState]:
        """Describe the repository as it was at a commit, when places of it are named."""
        ran = (since.as_ran for since in laid.since.values())
        for as_ran in {each.at.repository: each for each in ran if each is not None}.values():
            yield RepositoryState(as_ran.at.repository, self.root.name, as_ran.commit)


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
