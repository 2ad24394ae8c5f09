"""Which working files differ from HEAD, whatever stands in git's index."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.history.repositories import committed, git, put, started
from tracegloss.history.uncommitted import staged_code, working_files
from tracegloss.index.files.tree_of_files import WorkingTree, blob_id

FILES = {"app.py": "x = 1\n", "tools/a.py": "a = 1\n", "tools/b.py": "b = 1\n", "notes.md": "-\n"}


def stage(
    folder: Path, files: dict[str, str], then: dict[str, str] | None = None, how: str = "-A"
) -> None:
    """Write files and stage them, then write others that are not staged."""
    put(folder, files)
    git(folder, "add", how, ".")
    put(folder, then or {})


def conflict(folder: Path) -> None:
    git(folder, "checkout", "-q", "-b", "other")
    committed(folder, {"app.py": "x = 2\n"})
    git(folder, "checkout", "-q", "main")
    committed(folder, {"app.py": "x = 3\n"})
    with pytest.raises(Exception, match="merge"):
        git(folder, "merge", "-q", "other")


STATES: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "clean": (lambda _: None, set()),
    "edited": (lambda folder: put(folder, {"app.py": "x = 2\n"}), {"app.py"}),
    "edited and staged": (
        lambda folder: stage(folder, {"app.py": "x = 2\n"}),
        {"app.py"},
    ),
    "staged, and as it was on the disk": (
        lambda folder: stage(folder, {"app.py": "x = 2\n"}, {"app.py": "x = 1\n"}),
        set(),
    ),
    "new": (lambda folder: put(folder, {"new.py": "n = 1\n"}), {"new.py"}),
    "new and staged": (
        lambda folder: stage(folder, {"new.py": "n = 1\n"}),
        {"new.py"},
    ),
    "to be added": (
        lambda folder: stage(folder, {"new.py": ""}, how="-N"),
        {"new.py"},
    ),
    "deleted": (lambda folder: put(folder, {"tools/a.py": None}), {"tools/a.py"}),
    "deleted and staged": (lambda folder: git(folder, "rm", "-q", "tools/a.py"), {"tools/a.py"}),
    "no longer tracked": (lambda folder: git(folder, "rm", "-q", "--cached", "app.py"), set()),
    "moved and staged": (
        lambda folder: git(folder, "mv", "tools/a.py", "tools/c.py"),
        {"tools/a.py", "tools/c.py"},
    ),
    "a conflict": (conflict, {"app.py"}),
    "a split index": (lambda folder: git(folder, "update-index", "--split-index"), set()),
    "an older form": (lambda folder: git(folder, "update-index", "--index-version", "4"), set()),
    "no index": (lambda folder: (folder / ".git" / "index").unlink(), set()),
    "a broken index": (lambda folder: (folder / ".git" / "index").write_bytes(b"DIRC"), set()),
}


@pytest.mark.parametrize("below", ["", "tools/"])
@pytest.mark.parametrize("state", STATES)
def test_what_differs_from_head(tmp_path: Path, state: str, below: str) -> None:
    folder = started(tmp_path)
    committed(folder, FILES)
    change, edited = STATES[state]
    change(folder)
    tree = WorkingTree.of(folder / below)
    found = working_files(folder / below, tree.stamps, tree.read, staged_code(folder / below))
    assert set(found.edited) == {p.removeprefix(below) for p in edited if p.startswith(below)}
    at_head = git(folder, "ls-tree", "-r", "--name-only", "HEAD", *([below] if below else []))
    assert found.committed == {
        path.removeprefix(below): blob_id(f"{git(folder, 'show', f'HEAD:{path}')}\n".encode())
        for path in at_head.split()
        if path.endswith(".py")
    }


def test_before_the_first_commit_everything_is_new(tmp_path: Path) -> None:
    folder = started(tmp_path)
    put(folder, FILES)
    git(folder, "add", "-A")
    tree = WorkingTree.of(folder)
    found = working_files(folder, tree.stamps, tree.read, staged_code(folder))
    assert (found.committed, set(found.edited)) == ({}, set(tree.stamps))
