"""The state of a root's repository, and where a trace's commit stands against its HEAD."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from msgspec.structs import replace

from tracegloss.history.asking import ask_git, repository_refused
from tracegloss.history.named_commit import NamedCommit
from tracegloss.model.repository import CommitStanding, RepositoryState

_FULL_ID = re.compile(r"[0-9a-f]{40,64}")
_PLAIN = re.compile(r"\w[\w.-]*")


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


def commit_standing(
    root: Path, named: NamedCommit | None, state: RepositoryState
) -> CommitStanding:
    """Compare the commit that a trace, or a reader, named with HEAD of `root`.

    `state` is the root's. Nothing is fetched for a commit that is not here; `fetch` says how to.
    """
    if named is None:
        return CommitStanding()
    told = CommitStanding(
        named.revision, named.branch, dirty_at_recording=named.dirty, named_by=named.named_by
    )
    if state.unavailable is not None:
        return replace(told, why_now="no-git")
    if named.revision == state.commit:
        return replace(
            told, date=state.commit_date, known_here=True, behind_head=0, ahead_of_head=0
        )
    found = _found(root, named)
    if found is None:
        return _unknown(root, named, told, state)
    commit, date, behind, ahead = found
    return replace(
        told,
        commit=commit,
        date=date or None,
        known_here=True,
        behind_head=behind,
        ahead_of_head=ahead,
    )


def _found(root: Path, named: NamedCommit) -> tuple[str, str, int | None, int | None] | None:
    """Find a commit's full id, its day, and its distances from HEAD; all is asked at once.

    A release may be tagged with a `v` before its version.
    """
    revisions = [named.revision] if named.revision.isprintable() else []
    if named.named_by == "release":
        folder, _, version = named.revision.rpartition("/")
        revisions.append(f"{folder}/v{version}")
    questions = [question for each in revisions for question in (_dated(each), _counted(each))]
    answers = ask_git(root, *questions)
    for dated, counted in zip(answers[::2], answers[1::2], strict=True):
        commit, _, date = dated.partition(" ")
        if commit:
            return commit, date, *_distances(counted)
    return None


def _unknown(
    root: Path, named: NamedCommit, told: CommitStanding, state: RepositoryState
) -> CommitStanding:
    """Say of a commit that is not here how to get it, or that it is of another repository."""
    if named.named_by == "release":
        return CommitStanding()  # a version that names no tag says nothing of commits
    theirs, ours = repository_name(named.address or ""), repository_name(state.remote or "")
    if theirs and ours and theirs != ours:
        return replace(told, known_here=False, why_now="other-repository")
    [shallow, remotes] = ask_git(root, ("rev-parse", "--is-shallow-repository"), ("remote",))
    # A repository chooses its names; what a reader may copy holds plain words only.
    remote = next(filter(_PLAIN.fullmatch, remotes.split("\n")), "REMOTE")
    command = f"git fetch {remote} {named.revision}"
    if shallow == "true":
        command = f"git fetch --unshallow {remote}"
    elif not _FULL_ID.fullmatch(named.revision):
        command = f"git fetch {remote}"
    return replace(told, known_here=False, why_now="unknown-here", fetch=command)


def repository_name(address: str) -> str:
    """Reduce a remote's address to host and path, so that its ways of writing are equal."""
    parts = urlsplit(address)
    if parts.scheme and parts.netloc:
        host, path = parts.hostname or "", parts.path
    else:
        host, colon, path = address.rpartition("@")[2].partition(":")
        if not colon:
            return ""
    return f"{host.lower()}/{path.strip('/').removesuffix('.git').lower()}"


def _dated(revision: str) -> tuple[str, ...]:
    """Ask for a commit's full id and the day it was made."""
    return ("log", "-1", "--format=%H %cs", "--end-of-options", f"{revision}^{{commit}}")


def _counted(revision: str) -> tuple[str, ...]:
    """Ask for the numbers of commits that only a revision has, and that only HEAD has."""
    between = f"{revision}...HEAD"
    return ("rev-list", "--left-right", "--count", "--end-of-options", between, "--")


def _distances(counted: str) -> tuple[int | None, int | None]:
    """Count commits from a revision to HEAD and back; `None` where one is no ancestor."""
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
