"""Asks git itself, hardened, several questions at once: what every report wants to know.

GitPython is for logs; importing it costs more than all else that a small report does.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tracegloss.history.hardened import (
    NoRepository,
    hardened_git_environment,
    is_bare,
    refusal,
)


def ask_git(folder: Path, *questions: Sequence[str]) -> tuple[str, ...]:
    """Ask in a folder, all questions at the same time, and give the answers in their order.

    A question is a reading git command that compares no working files, without the word `git`. An
    answer of "no" is the empty text; bytes that are no UTF-8 become escapes. Raises `OSError` when
    git is not installed or the folder is gone.
    """
    asked = [_asked(folder, question, subprocess.DEVNULL) for question in questions]
    return tuple(_answer(process) for process in asked)


def ask_git_bytes(folder: Path, *question: str) -> bytes | None:
    """Ask one question whose answer is no text, such as a list of paths; `None` without an answer.

    Raises nothing.
    """
    try:
        process = _asked(folder, question, subprocess.DEVNULL)
    except OSError:
        return None
    said, _ = process.communicate()
    return said if process.returncode == 0 else None


def repository_refused(folder: Path) -> NoRepository | None:
    """Say why git reads no repository around a folder; `None` when it does.

    Raises nothing: a missing git, a refused owner (`safe.directory`) and a broken repository are
    all answers.
    """
    is_inside = any((around / ".git").exists() for around in (folder, *folder.parents))
    if not is_inside and not is_bare(folder):
        return NoRepository("not a git repository")
    try:
        process = _asked(folder, ("rev-parse", "--git-dir"), subprocess.PIPE)
    except OSError:
        return NoRepository("git is not installed")
    _, complaint = process.communicate()
    if process.returncode == 0:
        return None
    return NoRepository(refusal(complaint.decode("utf-8", "replace"), folder))


def _asked(folder: Path, question: Sequence[str], complaints: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - fixed commands and commit ids, no shell
        ("git", *question),  # noqa: S607 - the git of the PATH is the one that is used
        cwd=folder,
        env=hardened_git_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=complaints,
    )


def _answer(process: subprocess.Popen[bytes]) -> str:
    said, _ = process.communicate()
    return said.decode("utf-8", "backslashreplace").strip() if process.returncode == 0 else ""
