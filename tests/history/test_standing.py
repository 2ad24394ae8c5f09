"""Where a trace's commit stands against HEAD, in real repositories."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.spans import info_of
from tracegloss.history.named_commit import named_commit
from tracegloss.history.standing import commit_standing, repository_state, without_credentials
from tracegloss.model.repository import CommitStanding, RepositoryState

IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_AUTHOR_DATE": "2024-05-01T12:00:00Z",
    "GIT_COMMITTER_DATE": "2024-05-01T12:00:00Z",
}


def git(folder: Path, *command: str) -> str:
    environment = {**os.environ, **IDENTITY}
    done = subprocess.run(
        ["git", *command], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(folder: Path, text: str) -> str:
    (folder / "app.py").write_text(text, "utf-8")
    git(folder, "add", "app.py")
    git(folder, "commit", "-q", "-m", text)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    return tmp_path


def standing(folder: Path, recorded: str) -> CommitStanding:
    info = info_of({"mlflow.source.git.commit": recorded, "mlflow.source.git.branch": "main"})
    return commit_standing(folder, named_commit(info), repository_state(folder))


def test_commits_behind_ahead_and_unknown(repository: Path) -> None:
    first, second = commit(repository, "one"), commit(repository, "two")
    behind = CommitStanding(first, "main", "2024-05-01", known_here=True, behind_head=1)
    assert standing(repository, first) == behind
    assert standing(repository, first[:9]) == behind
    git(repository, "checkout", "-q", first)
    assert standing(repository, second).ahead_of_head == 1
    assert standing(repository, second).behind_head is None
    assert standing(repository, "0" * 40) == CommitStanding(
        "0" * 40,
        "main",
        known_here=False,
        why_now="unknown-here",
        fetch=f"git fetch REMOTE {'0' * 40}",
    )


@pytest.mark.parametrize("recorded", ["", "--output=stolen", "HEAD", "main", "zzzzzzz"])
def test_what_is_no_commit_id_is_never_handed_to_git(repository: Path, recorded: str) -> None:
    commit(repository, "one")
    assert standing(repository, recorded) == CommitStanding()


def test_the_state_of_a_repository(repository: Path) -> None:
    head = commit(repository, "one")
    git(repository, "remote", "add", "origin", "https://ada:secret@example.com/shop.git")
    assert repository_state(repository) == RepositoryState(
        "r0", repository.name, head, "main", "2024-05-01", None, "https://example.com/shop.git"
    )


def test_without_a_repository_the_reason_is_told(tmp_path: Path) -> None:
    state = repository_state(tmp_path)
    assert (state.commit, state.unavailable) == (None, "not a git repository")


def test_an_empty_repository_has_no_commit(repository: Path) -> None:
    assert repository_state(repository).commit is None


@pytest.mark.parametrize(
    "address, shown",
    [
        ("https://u:p@h/x.git", "https://h/x.git"),
        ("git@h:x.git", "git@h:x.git"),
        ("/srv/x.git", "/srv/x.git"),
    ],
)
def test_credentials_are_dropped(address: str, shown: str) -> None:
    assert without_credentials(address) == shown


def test_nothing_a_hostile_repository_configures_runs(repository: Path) -> None:
    head = commit(repository, "one")
    fired = repository / "fired"
    script = repository / "hook.sh"
    script.write_text(f"#!/bin/sh\ntouch '{fired}'\ncat\n", "utf-8")
    script.chmod(0o755)
    (repository / ".gitattributes").write_text("* filter=evil diff=evil\n", "utf-8")
    for key in (
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "diff.external",
        "diff.evil.textconv",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "gpg.program",
        "alias.log",
    ):
        git(repository, "config", key, str(script))
    git(repository, "config", "core.hooksPath", str(repository))
    git(repository, "config", "protocol.ext.allow", "always")
    git(repository, "config", "extensions.partialClone", "origin")
    git(repository, "config", "remote.origin.url", f"ext::{script}")
    git(repository, "config", "remote.origin.promisor", "true")
    git(repository, "config", "log.showSignature", "true")
    assert repository_state(repository).commit == head
    assert standing(repository, head).behind_head == 0
    assert standing(repository, "1" * 40).known_here is False
    assert not fired.exists()
