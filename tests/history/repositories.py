"""Real repositories with a history, made of texts, for the tests of history."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path


def git(folder: Path, *command: str, when: str = "2024-05-01T12:00:00Z") -> str:
    """Run git as Ada at a fixed moment and give what it says."""
    own = {
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.com",
        "GIT_AUTHOR_DATE": when,
        "GIT_COMMITTER_DATE": when,
    }
    done = subprocess.run(
        ["git", *command],
        cwd=folder,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def started(folder: Path) -> Path:
    """Make an empty repository."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    return folder


def put(folder: Path, files: Mapping[str, str | None]) -> None:
    """Write files, or delete those that are `None`."""
    for path, text in files.items():
        there = folder / path
        if text is None:
            there.unlink()
        else:
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_text(text, "utf-8")


def committed(folder: Path, files: Mapping[str, str | None], message: str = "change") -> str:
    """Change files and commit all of them; gives the commit's full id."""
    put(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")
