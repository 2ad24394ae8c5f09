"""What git is asked while the working tree is indexed: its state, and the commit to be read."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from tracegloss.history.named_commit import NamedCommit, named_commit
from tracegloss.history.objects import Objects
from tracegloss.history.standing import commit_standing, repository_state
from tracegloss.model.repository import CommitStanding, RepositoryState
from tracegloss.model.settings import Settings
from tracegloss.model.trace import Labels, TraceInfo
from tracegloss.workspace.at import At, AtRevision


class AskedAhead(Struct, frozen=True):
    """The state of a root's repository; where `named`, a commit, stands; its files are listed."""

    state: RepositoryState
    named: NamedCommit | None = None
    standing: CommitStanding = CommitStanding()
    objects: Objects | None = None

    def standing_of(self, root: Path, named: NamedCommit | None) -> CommitStanding:
        """Say where a commit stands, asking git only for one that was not expected."""
        if named is not None and named == self.named:
            return self.standing
        return commit_standing(root, named, self.state)


def ask_ahead(root: Path, named: NamedCommit | None) -> AskedAhead:
    """Ask for a root's repository, and for the commit of a trace that will be laid on it.

    A commit that is HEAD, or that is not here, is not read. Raises nothing.
    """
    state = repository_state(root)
    if named is None or state.unavailable is not None or named.revision == state.commit:
        return AskedAhead(state)
    standing = commit_standing(root, named, state)
    if standing.commit is None or standing.commit == state.commit:
        return AskedAhead(state, named, standing)
    objects = Objects.at(root)
    objects.tree(standing.commit)
    return AskedAhead(state, named, standing, objects)


def commit_to_read(
    info: TraceInfo | None, model: Labels | None, at: At | None, settings: Settings
) -> NamedCommit | None:
    """Say which commit a trace is to be resolved at; what a reader names comes first."""
    if isinstance(at, AtRevision):
        return NamedCommit(at.revision, "option")
    named = None if info is None else named_commit(info, model)
    if named is None and settings.commit is not None:
        return NamedCommit(settings.commit, "setting")
    return named
