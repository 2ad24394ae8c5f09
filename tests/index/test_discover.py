"""Which files of a folder are looked at."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.index.repositories import write_files
from tracegloss.errors import RepositoryError
from tracegloss.index.files.discover import list_files
from tracegloss.index.files.ignore import line_for_folder, rules_of
from tracegloss.index.files.tree_of_files import WorkingTree

FILES = {
    "app.py": "",
    "notes.txt": "",
    "work.ipynb": "{}",
    "ignored.py": "",
    "build/out.py": "",
    "pkg/keep.py": "",
    "pkg/.gitignore": "*.py\n!keep.py\n",
    "pkg/drop.py": "",
    ".gitignore": "ignored.py\nbuild/\n",
}
SEEN = ["app.py", "pkg/keep.py", "work.ipynb"]


@pytest.fixture(params=["git", "walk"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    write_files(tmp_path, FILES)
    if request.param == "git":
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    else:
        write_files(tmp_path, {".venv/pyvenv.cfg": "", ".venv/lib.py": "", "env/pyvenv.cfg": ""})
        write_files(tmp_path, {"env/lib.py": "", "node_modules/x.py": "", ".hidden/x.py": ""})
    return tmp_path


def test_ignored_files_are_left_out(folder: Path) -> None:
    assert list_files(folder).paths == SEEN


def test_excluded_files_are_left_out(folder: Path) -> None:
    assert list_files(folder, ("pkg/", "*.ipynb")).paths == ["app.py"]


def test_links_are_not_followed(folder: Path) -> None:
    outside = write_files(folder.parent / "outside", {"secret.py": ""})
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "away").symlink_to(outside, target_is_directory=True)
    (folder / "away.py").symlink_to(outside / "secret.py")
    assert sorted(WorkingTree.of(folder).stamps) == SEEN
    shutil.rmtree(outside)


def test_large_and_unreadable_files_are_listed_as_problems(folder: Path) -> None:
    (folder / "large.py").write_bytes(b"#" * 2_000_001)
    (folder / "broken\udcff.py").write_bytes(b"x = 1\n")
    tree = WorkingTree.of(folder)
    assert "large.py" not in tree.stamps
    assert [problem.code for problem in tree.problems] == ["large-file"]
    (folder / "app.py").unlink()
    assert tree.read("app.py") is None
    assert [problem.code for problem in tree.problems] == ["large-file", "unreadable-file"]


def test_folders_too_deep_to_be_read_are_listed_as_a_problem(folder: Path) -> None:
    kept, dropped = "/".join("d" * 40), "/".join("d" * 41)
    write_files(folder, {f"{kept}/kept.py": "", f"{dropped}/dropped.py": "", f"{dropped}/e.py": ""})
    listing = list_files(folder)
    assert listing.paths == [*SEEN[:1], f"{kept}/kept.py", *SEEN[1:]]
    (problem,) = listing.problems
    assert (problem.code, (problem.path or "").rstrip("/")) == ("deep-folder", dropped)


def test_a_hostile_configuration_runs_nothing(tmp_path: Path) -> None:
    root = write_files(tmp_path / "r", {"app.py": ""})
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand"):
        subprocess.run(["git", "config", key, str(trap)], cwd=root, check=True)
    assert list_files(root).paths == ["app.py"]
    assert not (tmp_path / "sprung").exists()


def test_no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="no folder"):
        WorkingTree.of(tmp_path / "missing")


HIDDEN = {
    "*.log": (["a.log", "x/a.log"], ["a.logs"]),
    "/top.py": (["top.py"], ["x/top.py"]),
    "x/*.py": (["x/a.py"], ["x/y/a.py", "y/x/a.py"]),
    "**/gen": (["gen/a.py", "x/gen/a.py"], ["generated/a.py"]),
    "gen/**": (["gen/a.py", "gen/x/a.py"], ["x/gen/a.py"]),
    "a/**/b.py": (["a/b.py", "a/x/y/b.py"], ["b.py"]),
    "[ab]?.py": (["a1.py", "bz.py"], ["c1.py", "a.py"]),
    "[!a].py": (["b.py"], ["a.py"]),
    "only/": (["only/a.py"], ["only"]),
    r"\#x.py": (["#x.py"], ["x.py"]),
    "a?b[!c]d": (["axbxd"], ["a/bxd", "axb/d", "axbcd"]),
    "x/a*b*c/**/d*/e": (["x/a1b2bc/d1/d/e", "x/abc/1/2/d/e"], ["x/abc/e", "x/a/bc/d/e"]),
    "**/a/**/b*a": (["a/ba", "1/a/2/a/b3a"], ["a/b", "ba", "a/b/a"]),
    "# comment": ([], ["# comment"]),
    # No path takes long, whatever a repository writes there.
    "*a" * 60 + "b": (["a" * 60 + "b"], ["a" * 250 + ".py"]),
    "**/a/" * 60 + "b": (["a/" * 60 + "b"], ["a/" * 1000 + "c.py"]),
}


@pytest.mark.parametrize("pattern,paths", HIDDEN.items(), ids=lambda told: str(told)[:30])
def test_patterns_hide_what_git_hides(pattern: str, paths: tuple[list[str], list[str]]) -> None:
    rules = rules_of((pattern,))
    hidden, shown = paths
    assert [path for path in hidden if not rules.hides(path)] == []
    assert [path for path in shown if rules.hides(path)] == []


@given(st.lists(st.text("ab*?[]!#\\ ", min_size=1, max_size=6), min_size=1, max_size=3))
def test_the_line_for_a_folder_hides_it_alone(parts: list[str]) -> None:
    folder = "/".join(parts)
    rules = rules_of((line_for_folder(folder),))
    assert rules.hides(f"{folder}/main.py")
    assert not any(rules.hides(other) for other in (folder, f"x/{folder}/main.py", f"{folder}x/a"))


_PATHS = st.lists(st.sampled_from("ab.*"), min_size=1, max_size=4).map("".join)


@given(st.lists(st.text(max_size=12), max_size=4), st.lists(_PATHS, min_size=1, max_size=3))
def test_no_pattern_breaks_the_listing(patterns: list[str], parts: list[str]) -> None:
    rules_of(tuple(patterns)).hides("/".join(parts))
