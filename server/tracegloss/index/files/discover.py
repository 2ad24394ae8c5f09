"""Lists the Python files, notebooks and settings of agents of a folder: git's list, or a walk."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

from tracegloss.index.files.ignore import IgnoreRules, rules_of
from tracegloss.model.trace import Problem
from tracegloss.recorded import phrase

SETTINGS = ("agents.yaml", "agents.yml", "tasks.yaml", "tasks.yml")
"""Ends of the names of files that tell what agents and tasks are called."""

SUFFIXES = (".py", ".ipynb", *SETTINGS)
MAX_DEPTH = 40
_GIT_SECONDS = 20
# Bytes that git may write before they are read, where the system lets a pipe be as large.
_ROOM = 1 << 20
_MOST_SHOWN = 100
_GIT = (
    *("git", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"),
    *("ls-files", "-z", "-co", "--exclude-standard"),
)
_SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages"})


class Listing(Struct):
    """Posix paths relative to the root, sorted, and what could not be listed."""

    paths: list[str]
    problems: list[Problem] = field(default_factory=list)


class AskedGit:
    """Git's list of a folder's files, asked for now and read later: it takes git a while."""

    def __init__(self, root: Path) -> None:
        """Ask; a git that is not installed is an answer too."""
        self.root = root
        self._said: bytes | None = None
        try:
            self._process: subprocess.Popen[bytes] | None = subprocess.Popen(  # noqa: S603 - a fixed command, no shell
                _GIT,
                cwd=root,
                env=git_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pipesize=_ROOM,
            )
        except OSError:
            self._process = None

    def paths(self, problems: list[Problem]) -> list[str] | None:
        """Wait for the list; `None` without git, without a repository, or when it takes too long.

        The last is a problem.
        """
        if self._process is None:
            return None
        if self._said is None:
            try:
                self._said, _ = self._process.communicate(timeout=_GIT_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.communicate()
                self._process = None
                words = "git did not list the files in time; walked the folder"
                problems.append(Problem("slow-git", phrase(words)))
                return None
        return None if self._process.returncode != 0 else os.fsdecode(self._said).split("\0")


def list_files(root: Path, exclude: tuple[str, ...] = (), asked: AskedGit | None = None) -> Listing:
    """List a folder. `exclude` holds patterns as `.gitignore` has them.

    `asked` is a question that may be under way already; one about another folder is not heard.
    """
    problems: list[Problem] = []
    if asked is None or asked.root != root:
        asked = AskedGit(root)
    listed = asked.paths(problems)
    if not listed:  # no repository, or a folder that the repository around it ignores
        listed = list(_walked(root, problems))
    found = {path for path in listed if path.endswith(SUFFIXES)}
    excluded = rules_of(exclude)
    if excluded.rules:
        found = {path for path in found if not excluded.hides(path)}
    too_deep = {path for path in found if path.count("/") > MAX_DEPTH}
    if too_deep:
        deepest = max(too_deep, key=lambda path: path.count("/"))
        problems.append(_too_deep(deepest.rpartition("/")[0]))
    return Listing(sorted(found - too_deep), problems)


def git_environment() -> dict[str, str]:
    """Give the environment git runs in: nothing of ours about repositories, nothing interactive."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **kept,
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_PAGER": "cat",
    }


def _walked(root: Path, problems: list[Problem]) -> Iterator[str]:
    """Walk a folder that git does not know; links are not followed, so there are no loops."""
    stack: list[tuple[str, int, tuple[tuple[str, IgnoreRules], ...]]] = [("", 0, ())]
    too_deep = False
    while stack:
        folder, depth, rules = stack.pop()
        own = _own_rules(root, folder)
        if own is not None:
            rules = (*rules, (folder, own))
        for entry in _entries(root, folder, problems):
            path = f"{folder}{entry.name}"
            is_folder = entry.is_dir(follow_symlinks=False)
            if _ignored(path, rules, is_folder=is_folder):
                continue
            if not is_folder:
                yield path
            elif depth < MAX_DEPTH and _is_own_folder(entry):
                stack.append((f"{path}/", depth + 1, rules))
            elif depth == MAX_DEPTH and not too_deep and _is_own_folder(entry):
                too_deep = True
                problems.append(_too_deep(path))


def _too_deep(folder: str) -> Problem:
    words = "folders more than {n} deep were not read, such as {folder}"
    shown = folder if len(folder) <= _MOST_SHOWN else f"{folder[:_MOST_SHOWN]}…"
    return Problem("deep-folder", phrase(words, n=MAX_DEPTH, folder=shown), path=folder)


def _entries(root: Path, folder: str, problems: list[Problem]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(root / folder) as entries:
            return list(entries)
    except OSError as error:
        what = phrase("{folder} cannot be listed ({why})", folder=folder, why=str(error.strerror))
        problems.append(Problem("unreadable-folder", what, path=folder))
        return []


def _is_own_folder(entry: os.DirEntry[str]) -> bool:
    """Leave out hidden folders, installed packages and virtual environments."""
    if entry.name.startswith(".") or entry.name in _SKIPPED_FOLDERS:
        return False
    return not Path(entry.path, "pyvenv.cfg").exists()


def _own_rules(root: Path, folder: str) -> IgnoreRules | None:
    try:
        text = (root / folder / ".gitignore").read_text("utf-8", "replace")
    except OSError:
        return None
    return rules_of(tuple(text.splitlines()))


def _ignored(path: str, rules: tuple[tuple[str, IgnoreRules], ...], *, is_folder: bool) -> bool:
    """Ask the nearest rules first: the last word counts, and the deepest file has it."""
    for folder, own in reversed(rules):
        verdict = own.verdict(path[len(folder) :], is_folder=is_folder)
        if verdict is not None:
            return verdict
    return False
