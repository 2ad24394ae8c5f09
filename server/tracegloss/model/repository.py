"""What is known of the repositories a trace is laid on, and of the commit it ran at."""

from __future__ import annotations

from msgspec import Struct


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

    `commit` is `None` when the trace recorded none. `known_here` is `None` without git or commit.
    `behind_head` counts commits from it to HEAD, `None` when it is no ancestor.
    """

    commit: str | None = None
    branch: str | None = None
    date: str | None = None
    known_here: bool | None = None
    behind_head: int | None = None
    ahead_of_head: int | None = None
    dirty_at_recording: bool | None = None
