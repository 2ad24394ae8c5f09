"""Diffs as MLflow stores them, made by real git, applied to the files of their commit."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history.repositories import committed, git, put, started
from tracegloss.history.stored_diff import DiffError, apply_diff

Files = Mapping[str, str | None]
BEFORE = {"app.py": "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n", "old.py": "x = 1\n"}


def stored(folder: Path) -> str:
    """Write the diff as `enable_git_model_versioning` does: what is not staged, then what is."""
    return f"{git(folder, 'diff')}\n{git(folder, 'diff', '--cached')}".strip()


def applied(diff: str, before: Files = BEFORE) -> dict[str, str | None]:
    encoded = {path: text.encode() for path, text in before.items() if text is not None}
    made = apply_diff(diff, encoded.get, lambda path: path.endswith(".py"))
    return {path: None if text is None else text.decode() for path, text in made.items()}


EDITS: dict[str, Files] = {
    "a line changed": {"app.py": "one\n2\nthree\nfour\nfive\nsix\nseven\neight\nnine\n"},
    "both ends": {"app.py": "zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n"},
    "no line end at the end": {"app.py": "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n9"},
    "emptied": {"app.py": ""},
    "deleted": {"old.py": None},
    "beside what is no code": {"app.py": "one\n", "notes.md": "so\n"},
}


@pytest.mark.parametrize("staged", [False, True], ids=["not staged", "staged"])
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_edits(tmp_path: Path, edit: Files, staged: bool) -> None:
    folder = started(tmp_path / "repository")
    committed(folder, {**BEFORE, "notes.md": "# notes\n"})
    put(folder, edit)
    if staged:
        git(folder, "add", "-A")
    assert applied(stored(folder)) == {p: t for p, t in edit.items() if p.endswith(".py")}


def test_what_was_staged_lies_below_what_was_not(tmp_path: Path) -> None:
    folder = started(tmp_path / "repository")
    committed(folder, BEFORE)
    put(folder, {"app.py": "one\ntwo\n", "new.py": "y = 1\n"})
    git(folder, "add", "-A")
    put(folder, {"app.py": "one\n2\n"})
    assert applied(stored(folder)) == {"app.py": "one\n2\n", "new.py": "y = 1\n"}


def test_a_renamed_file(tmp_path: Path) -> None:
    folder = started(tmp_path / "repository")
    committed(folder, BEFORE)
    git(folder, "mv", "app.py", "talk.py")
    assert applied(stored(folder)) == {"app.py": None, "talk.py": BEFORE["app.py"]}


@pytest.mark.parametrize(
    "before",
    [{**BEFORE, "app.py": "one\ntwo\nother\n"}, {**BEFORE, "app.py": None}],
    ids=["another text", "no such file"],
)
def test_the_diff_of_another_run_does_not_fit(tmp_path: Path, before: Files) -> None:
    folder = started(tmp_path / "repository")
    committed(folder, BEFORE)
    put(folder, EDITS["a line changed"])
    with pytest.raises(DiffError):
        applied(stored(folder), before)


LINES = st.lists(st.sampled_from(["a", "b", "c", "", "-x", "+y", "@@ z", "--- a/b"]), max_size=12)


@settings(max_examples=40, deadline=None)
@given(LINES, LINES)
def test_any_edit_git_writes_is_applied(old: list[str], new: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = started(Path(name) / "repository")
        before, after = "".join(f"{each}\n" for each in old), "".join(f"{each}\n" for each in new)
        committed(folder, {"app.py": before})
        put(folder, {"app.py": after})
        made = applied(stored(folder), {"app.py": before})
    assert made.get("app.py", before) == after


@given(st.text())
def test_what_is_no_diff_is_refused_or_changes_nothing(text: str) -> None:
    with contextlib.suppress(DiffError):
        assert applied(f"diff --git a/app.py b/app.py\n{text}") == {}
