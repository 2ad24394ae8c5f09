"""Opens a repository through GitPython so that nothing the repository configures can run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from tracegloss.index.files.discover import git_environment

if TYPE_CHECKING:
    import git

_CONFIG = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "log.showSignature": "false",
    "protocol.allow": "never",
    "core.pager": "cat",
}


class NoRepository(Struct, frozen=True):
    """There is no usable repository at a folder; `reason` says why in words for the reader."""

    reason: str


def hardened_environment() -> dict[str, str]:
    """Return the variables under which git runs no hook, monitor, pager, protocol or prompt.

    Clean and smudge filters cannot be switched off this way, so that commands comparing working
    files must not be run at all.
    """
    settings = {
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_PAGER": "cat",
        "GIT_CONFIG_COUNT": str(len(_CONFIG)),
    }
    for number, (key, value) in enumerate(_CONFIG.items()):
        settings[f"GIT_CONFIG_KEY_{number}"] = key
        settings[f"GIT_CONFIG_VALUE_{number}"] = value
    return settings


def hardened_git_environment() -> dict[str, str]:
    """Return the whole environment in which git is asked: hardened, and speaking English."""
    return {**git_environment(), **hardened_environment(), "LC_ALL": "C", "LANGUAGE": "C"}


def open_repository(folder: Path) -> git.Repo | NoRepository:
    """Open the repository around a folder, or say why there is none.

    Raises nothing: a missing git, a refused owner (`safe.directory`) and a broken repository are
    all answers.
    """
    bare = is_bare(folder)
    if not bare and not any((around / ".git").exists() for around in (folder, *folder.parents)):
        return NoRepository("not a git repository")
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    import git

    try:
        repository = git.Repo(folder, search_parent_directories=not bare)
    except git.InvalidGitRepositoryError:
        return NoRepository("not a git repository")
    except (git.NoSuchPathError, OSError, ValueError) as error:
        return NoRepository(f"git cannot open it: {type(error).__name__}")
    repository.git.update_environment(**hardened_environment())
    try:
        repository.git.rev_parse("--git-dir")
    except git.GitCommandNotFound:
        return NoRepository("git is not installed")
    except git.GitCommandError as error:
        repository.close()
        return NoRepository(refusal(str(error.stderr), folder))
    return repository


def is_bare(folder: Path) -> bool:
    """Tell whether a folder is a repository without working files."""
    return (folder / "HEAD").is_file() and all((folder / n).is_dir() for n in ("objects", "refs"))


def refusal(message: str, folder: Path) -> str:
    """Word why git reads no repository around a folder, from what it said of it."""
    if "not a git repository" in message:
        return "not a git repository"
    if "dubious ownership" in message:
        return (
            f"git refuses it, as another user owns {folder.name}: "
            "git config --global --add safe.directory FOLDER"
        )
    return "git refuses to read it"
