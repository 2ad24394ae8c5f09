"""Makes real git histories with the truth: the same ids on every machine, no network."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from msgspec import Struct, field

from tests.eval.history.edits import Edit
from tests.eval.history.marked import Files, Spot, spots, written

APPS = Path(__file__).parents[3] / "fixtures" / "history" / "apps"
START = datetime(2024, 5, 1, 9, tzinfo=UTC)
AUTHORS = ("Ada Example <ada@example.org>", "Bob Example <bob@example.org>")

Shape = Literal[
    "plain",
    "merged",
    "uncommitted",
    "detached",
    "sibling",
    "shallow",
    "shallow-with-commit",
    "submodule",
    "worktree",
    "line-ends",
]


class Commit(Struct, frozen=True):
    """One commit after the recorded one."""

    message: str
    edits: tuple[Edit, ...]


class History(Struct, frozen=True):
    """What happened to an application after its traces were recorded.

    `edited` and `gone` say by label which commit (1 is the first after the recorded one, 0 is none)
    touched the function; every other label is identical when its place and name are the same, else
    moved. `shape` says what the repository looks like now: `merged` has its commits on two branches
    by turns and merges them, `uncommitted` has the last one in its working tree only, `sibling` has
    them beside the recorded commit instead of after it, `shallow` is a clone of depth 1,
    `line-ends` wrote every line anew. `uncommitted` are edits that nobody had committed when traces
    were recorded, which is then in `recordings/APP-dirty`: what is said is said of that text.
    """

    name: str
    app: str
    commits: tuple[Commit, ...]
    edited: Mapping[str, int] = field(default_factory=dict)
    gone: Mapping[str, int] = field(default_factory=dict)
    shape: Shape = "plain"
    uncommitted: tuple[Edit, ...] = ()


class Made(Struct, frozen=True):
    """A history on disk: its root, the recorded commit, those after it, and where labels were."""

    root: Path
    recorded: str
    commits: tuple[str, ...]
    then: Mapping[str, Spot]
    now: Mapping[str, Spot]


def app_files(app: str) -> dict[str, str]:
    """Read an application with its labels."""
    folder = APPS / app
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "record.toml" and "__pycache__" not in path.parts
    }


def make_base(app: str, folder: Path) -> tuple[str, dict[str, str]]:
    """Make the repository of an application up to the commit that is recorded."""
    git(folder.parent, "init", "--quiet", "--initial-branch=main", str(folder))
    files = app_files(app)
    early = {"README.md": files.get("README.md", f"# {app}\n")}
    commit(folder, early, "Say what this will be", 0)
    return commit(folder, files, "Answer questions", 1), files


def make(history: History, scratch: Path) -> Made:
    """Make a history in an empty folder."""
    folder = scratch / "made"
    recorded, then = make_base(history.app, folder)
    ids: list[str] = []
    files: Files = then
    if history.shape == "sibling":
        git(folder, "checkout", "--quiet", "--detach", "HEAD~1")
    for number, each in enumerate(history.commits, start=1):
        if history.shape == "merged":
            ids.append(_on_branch(folder, history, then, number))
            continue
        files = edited(files, each.edits)
        if history.shape == "uncommitted" and number == len(history.commits):
            write_files(folder, files)
        else:
            ids.append(commit(folder, files, each.message, number + 1))
    if history.shape == "merged":
        files = _merge(folder, history, then)
    ran = spots(edited(then, history.uncommitted))
    return Made(_shaped(history, folder, files), recorded, tuple(ids), ran, spots(files))


def _on_branch(folder: Path, history: History, then: Files, number: int) -> str:
    """Commit one of a history's commits on `main` or, the even ones, on `side`."""
    branch = "main" if number % 2 else "side"
    if number == 2:
        git(folder, "checkout", "--quiet", "-b", "side", "HEAD~1")
    else:
        git(folder, "checkout", "--quiet", branch)
    own = history.commits[(number + 1) % 2 : number : 2]
    files = edited(then, [edit for each in own for edit in each.edits])
    return commit(folder, files, history.commits[number - 1].message, number + 1)


def _merge(folder: Path, history: History, then: Files) -> Files:
    """Merge `side` into `main`: their edits touch different texts, so that all of them hold."""
    files = edited(then, [edit for each in history.commits for edit in each.edits])
    git(folder, "checkout", "--quiet", "main")
    git(folder, "merge", "--quiet", "--no-commit", "--strategy=ours", "side")
    commit(folder, files, "Merge branch 'side'", len(history.commits) + 2)
    return files


def _shaped(history: History, folder: Path, files: Files) -> Path:
    """Give the repository the shape of its history; returns the folder to look at."""
    address, there = folder.as_uri(), folder.parent / "there"
    match history.shape:
        case "detached":
            git(folder, "checkout", "--quiet", "--detach")
        case "line-ends":
            for name, text in written(files).items():
                (folder / name).write_bytes(text.replace("\n", "\r\n").encode())
            git(folder, "commit", "--quiet", "--all", "-m", "Write other line ends", day=20)
        case "shallow" | "shallow-with-commit":
            depth = 1 if history.shape == "shallow" else len(history.commits) + 1
            git(folder.parent, "clone", "--quiet", f"--depth={depth}", address, str(there))
            return there
        case "submodule":
            git(folder.parent, "init", "--quiet", "--initial-branch=main", str(there))
            allowed = ("-c", "protocol.file.allow=always")
            git(there, *allowed, "submodule", "--quiet", "add", address, "app")
            git(there, "commit", "--quiet", "-m", "Take the application in", day=20)
            return there / "app"
        case "worktree":
            git(folder, "worktree", "add", "--quiet", "--detach", str(there))
            git(folder, "checkout", "--quiet", "--detach", "main~1")
            return there
        case _:
            pass
    return folder


def edited(files: Files, edits: Sequence[Edit]) -> dict[str, str]:
    """Apply edits in order."""
    for edit in edits:
        files = edit(files)
    return dict(files)


def commit(folder: Path, files: Files, message: str, day: int) -> str:
    """Commit exactly these files; the id depends on nothing else."""
    write_files(folder, files)
    git(folder, "add", "--all")
    author = AUTHORS[day % len(AUTHORS)]
    git(folder, "commit", "--quiet", "--allow-empty", f"--author={author}", "-m", message, day=day)
    return git(folder, "rev-parse", "HEAD")


def write_files(folder: Path, files: Files) -> None:
    """Make the working tree hold these files and no others."""
    for path in folder.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name, text in written(files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def git(folder: Path, *command: str, day: int = 0) -> str:
    """Run git without anybody's configuration, on a given day."""
    date = (START + timedelta(days=7 * day)).isoformat()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_DATE": date,
        "GIT_COMMITTER_NAME": "Ada Example",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
        "GIT_AUTHOR_NAME": "Ada Example",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_ALLOW_PROTOCOL": "file",
    }
    run = subprocess.run(
        ["git", *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, f"git {command}: {run.stderr}"
    return run.stdout.strip()
