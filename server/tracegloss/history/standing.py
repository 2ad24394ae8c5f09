"""The state of a root's repository, and where a trace's commit stands against its HEAD."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tracegloss.history.asking import ask_git, repository_refused
from tracegloss.model.repository import CommitStanding, RepositoryState
from tracegloss.model.trace import TraceInfo
from tracegloss.reveal import reveal

_COMMIT = re.compile(r"[0-9a-f]{7,64}\Z")


def repository_state(root: Path, repository_id: str = "r0") -> RepositoryState:
    """Describe the repository around `root`; without one, say why in `unavailable`.

    Whether working files differ from HEAD is not asked: every git command that answers it runs the
    repository's own filters.
    """
    try:
        head, branch, remotes = ask_git(
            root,
            _dated("HEAD"),
            ("symbolic-ref", "--quiet", "--short", "HEAD"),
            ("config", "--get-regexp", r"^remote\..*\.url$"),
        )
    except OSError:
        head = branch = remotes = ""
    refused = None if head else repository_refused(root)
    if refused is not None:
        return RepositoryState(repository_id, root.name, unavailable=refused.reason)
    commit, _, date = head.partition(" ")
    return RepositoryState(
        id=repository_id,
        name=root.name,
        commit=commit or None,
        branch=branch or None,
        commit_date=date or None,
        remote=_first_address(remotes),
    )


def commit_standing(root: Path, info: TraceInfo, state: RepositoryState) -> CommitStanding:
    """Compare the commit a trace recorded (`mlflow.source.git.commit`) with HEAD of `root`.

    `state` is the root's. MLflow describes the process's working directory and writes an empty
    text when it knows none.
    """
    metadata = reveal(info.metadata)
    commit = metadata.get("mlflow.source.git.commit", "").strip().lower()
    if not _COMMIT.match(commit):
        return CommitStanding()
    branch = metadata.get("mlflow.source.git.branch") or None
    if state.unavailable is not None:
        return CommitStanding(commit, branch)
    if commit == state.commit:
        return CommitStanding(commit, branch, state.commit_date, True, 0, 0)
    [found] = ask_git(root, _dated(commit))
    full, _, date = found.partition(" ")
    if not full:
        return CommitStanding(commit, branch, known_here=False)
    behind, ahead = _distances(root, full)
    return CommitStanding(full, branch, date or None, True, behind, ahead)


def _dated(revision: str) -> tuple[str, ...]:
    """Ask for a commit's full id and the day it was made."""
    return ("log", "-1", "--format=%H %cs", "--end-of-options", f"{revision}^{{commit}}")


def _distances(root: Path, commit: str) -> tuple[int | None, int | None]:
    """Count commits from one to HEAD and from HEAD to it; `None` where one is no ancestor."""
    [counted] = ask_git(root, ("rev-list", "--left-right", "--count", f"{commit}...HEAD"))
    counts = counted.split()
    if len(counts) != 2:  # HEAD has no commit, or some objects are not here
        return None, None
    ahead, behind = map(int, counts)
    return None if ahead else behind, None if behind else ahead


def _first_address(remotes: str) -> str | None:
    """Take the first remote's address from git's lines of names and values."""
    first = remotes.partition("\n")[0]
    return without_credentials(first.partition(" ")[2]) if first else None


def without_credentials(address: str) -> str:
    """Drop user and password from a remote's address; other forms are returned as they are."""
    parts = urlsplit(address)
    if not parts.scheme or "@" not in parts.netloc:
        return address
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
