"""The state of a root's repository, and where a trace's commit stands against its HEAD."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from tracegloss.history.hardened import NoRepository, open_repository
from tracegloss.model.repository import CommitStanding, RepositoryState
from tracegloss.model.trace import TraceInfo
from tracegloss.reveal import reveal

if TYPE_CHECKING:
    import git

_COMMIT = re.compile(r"[0-9a-f]{7,64}\Z")


def repository_state(root: Path, repository_id: str = "r0") -> RepositoryState:
    """Describe the repository around `root`; without one, say why in `unavailable`.

    Whether working files differ from HEAD is not asked: every git command that answers it runs the
    repository's own filters.
    """
    repository = open_repository(root)
    if isinstance(repository, NoRepository):
        return RepositoryState(repository_id, root.name, unavailable=repository.reason)
    with repository:
        return RepositoryState(
            id=repository_id,
            name=root.name,
            commit=_head(repository),
            branch=_branch(repository),
            commit_date=_date(repository, "HEAD"),
            remote=_remote(repository),
        )


def commit_standing(root: Path, info: TraceInfo) -> CommitStanding:
    """Compare the commit a trace recorded (`mlflow.source.git.commit`) with HEAD of `root`.

    MLflow describes the process's working directory and writes an empty text when it knows none.
    """
    metadata = reveal(info.metadata)
    commit = metadata.get("mlflow.source.git.commit", "").strip().lower()
    if not _COMMIT.match(commit):
        return CommitStanding()
    branch = metadata.get("mlflow.source.git.branch") or None
    repository = open_repository(root)
    if isinstance(repository, NoRepository):
        return CommitStanding(commit, branch)
    with repository:
        full = _ask(repository, "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}")
        if not full:
            return CommitStanding(commit, branch, known_here=False)
        return CommitStanding(
            commit=full,
            branch=branch,
            date=_date(repository, full),
            known_here=True,
            behind_head=_distance(repository, full, "HEAD"),
            ahead_of_head=_distance(repository, "HEAD", full),
        )


def _head(repository: git.Repo) -> str | None:
    return _ask(repository, "rev-parse", "--verify", "--quiet", "HEAD^{commit}") or None


def _branch(repository: git.Repo) -> str | None:
    return _ask(repository, "symbolic-ref", "--quiet", "--short", "HEAD") or None


def _date(repository: git.Repo, revision: str) -> str | None:
    return _ask(repository, "log", "-1", "--format=%cs", "--end-of-options", revision) or None


def _distance(repository: git.Repo, ancestor: str, descendant: str) -> int | None:
    """Count commits from `ancestor` to `descendant`; `None` when the one is no ancestor."""
    base = _ask(repository, "merge-base", ancestor, descendant)
    if base != _ask(repository, "rev-parse", "--verify", "--quiet", f"{ancestor}^{{commit}}"):
        return None
    count = _ask(repository, "rev-list", "--count", f"{ancestor}..{descendant}")
    return int(count) if count.isdigit() else None


def _remote(repository: git.Repo) -> str | None:
    names = _ask(repository, "config", "--get-regexp", r"^remote\..*\.url$").splitlines()
    return without_credentials(names[0].partition(" ")[2]) if names else None


def without_credentials(address: str) -> str:
    """Drop user and password from a remote's address; other forms are returned as they are."""
    parts = urlsplit(address)
    if not parts.scheme or "@" not in parts.netloc:
        return address
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _ask(repository: git.Repo, *command: str) -> str:
    """Run one reading git command; an answer of "no" is the empty text."""
    import git

    try:
        return str(repository.git.execute(["git", *command])).strip()
    except git.GitCommandError:
        return ""
