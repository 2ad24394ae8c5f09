"""What is known of the repositories a trace is laid on, and of the commit it ran at."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

NamedBy: TypeAlias = Literal["trace", "model", "tag", "release", "setting", "option"]
ResolvedAt: TypeAlias = Literal["commit", "working-tree"]
WhyNow: TypeAlias = Literal[
    "asked", "no-git", "unknown-here", "other-repository", "not-there", "unreadable"
]
StoredDiff: TypeAlias = Literal["applied", "does-not-fit"]


class RepositoryState(Struct, frozen=True):
    """One root of the workspace; git facts are `None` where there is no git.

    `name` is the root's folder name, `remote` its first remote without credentials, `root` its
    absolute posix path, `None` where it lies on no disk.
    """

    id: str
    name: str
    commit: str | None = None
    branch: str | None = None
    commit_date: str | None = None
    dirty: bool | None = None
    remote: str | None = None
    unavailable: str | None = None
    root: str | None = None


class CommitStanding(Struct, frozen=True):
    """Where the trace's own commit stands against HEAD.

    `commit` is `None` when nothing named one. `known_here` is `None` without git or commit.
    `behind_head` counts commits from it to HEAD, `None` when it is no ancestor. `named_by` is what
    named it: the trace itself, its logged model, a resource attribute, a service's version that is
    the name of a tag, a setting, an option.

    `resolved_at` says which text spans were resolved against; against the working tree although a
    commit was named, `why_now` says why, and `fetch` is the command that would bring the commit.
    """

    commit: str | None = None
    branch: str | None = None
    date: str | None = None
    known_here: bool | None = None
    behind_head: int | None = None
    ahead_of_head: int | None = None
    dirty_at_recording: bool | None = None
    named_by: NamedBy = "trace"
    resolved_at: ResolvedAt = "working-tree"
    why_now: WhyNow | None = None
    fetch: str | None = None
    stored_diff: StoredDiff | None = None
