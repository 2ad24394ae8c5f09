"""Which commits touched a function, in real repositories."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.history.repositories import committed, git, started
from tracegloss.history.hardened import NoRepository
from tracegloss.history.objects import Objects, open_objects
from tracegloss.history.touched import Touches, first_edit, functions_changed, removal
from tracegloss.model.site import FunctionId

ANSWER = "def answer(question):\n    return question.upper()\n"
OTHER = "def other():\n    return 1\n"
NAME = FunctionId("app.py", "answer", 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return started(tmp_path / "repository")


@pytest.fixture
def objects(folder: Path) -> Iterator[Objects]:
    opened = open_objects(folder)
    assert not isinstance(opened, NoRepository)
    with opened:
        yield opened


def subjects(objects: Objects, old: str, new: str, name: FunctionId = NAME) -> list[str]:
    changed = functions_changed(objects, [name], old, new)[name]
    return [changed.carried.freshness.value, *(commit.subject for commit in changed.commits)]


def test_the_commits_that_edited_it_in_order(folder: Path, objects: Objects) -> None:
    old = committed(folder, {"app.py": ANSWER + OTHER})
    committed(folder, {"app.py": ANSWER + OTHER.replace("1", "2")}, "edit the other")
    committed(folder, {"app.py": "import os\n" + ANSWER + OTHER}, "move it down")
    committed(folder, {"app.py": ANSWER.replace("upper", "lower") + OTHER}, "edit it")
    committed(
        folder, {"app.py": None, "talk.py": ANSWER.replace("upper", "title")}, "move and edit"
    )
    new = committed(folder, {"README.md": "so"}, "say so")
    assert subjects(objects, old, new) == ["edited", "edit it", "move and edit"]
    first = first_edit(Touches(objects), [NAME], old, new)
    assert first is not None
    assert (first.subject, first.author, first.author_time) == (
        "edit it",
        "Ada",
        "2024-05-01T12:00:00Z",
    )


def test_what_was_only_moved_has_no_commits(folder: Path, objects: Objects) -> None:
    old = committed(folder, {"app.py": ANSWER + OTHER})
    new = committed(folder, {"app.py": OTHER + ANSWER}, "move it")
    assert subjects(objects, old, new) == ["moved"]


def test_an_edit_on_a_merged_branch_is_named_and_the_merge_is_not(
    folder: Path, objects: Objects
) -> None:
    base = committed(folder, {"app.py": ANSWER, "b.py": OTHER})
    git(folder, "checkout", "-q", "-b", "side", base)
    committed(folder, {"app.py": ANSWER.replace("upper", "lower")}, "edit on the side")
    git(folder, "checkout", "-q", "main")
    old = committed(folder, {"b.py": OTHER.replace("1", "2")}, "edit the other")
    git(folder, "merge", "-q", "--no-ff", "-m", "merge", "side")
    assert subjects(objects, old, git(folder, "rev-parse", "HEAD")) == [
        "edited",
        "edit on the side",
    ]


def test_older_text_on_a_side_branch_is_no_edit(folder: Path, objects: Objects) -> None:
    base = committed(folder, {"app.py": ANSWER + OTHER, "b.py": OTHER})
    git(folder, "checkout", "-q", "-b", "side", base)
    other = OTHER.replace("1", "2")
    committed(folder, {"app.py": ANSWER + "\n\n\n" + other}, "edit the other on the side")
    git(folder, "checkout", "-q", "main")
    old = committed(folder, {"app.py": ANSWER.replace("upper", "lower") + OTHER}, "before the run")
    git(folder, "merge", "-q", "--no-ff", "-X", "ours", "-m", "merge", "side")
    new = committed(folder, {"app.py": ANSWER.replace("upper", "title") + other}, "after the run")
    assert subjects(objects, old, new) == ["edited", "after the run"]


def test_the_commit_that_removed_it_and_the_last_that_had_it(
    folder: Path, objects: Objects
) -> None:
    old = committed(folder, {"app.py": ANSWER + OTHER}, "begin")
    committed(folder, {"app.py": ANSWER.replace("upper", "lower") + OTHER}, "edit it")
    committed(folder, {"b.py": "x = 1\n"}, "something else")
    new = committed(folder, {"app.py": OTHER}, "remove it")
    found = removal(Touches(objects), [NAME], old, new)
    assert found is not None
    removing, last = found
    assert (removing.subject, last and last.subject) == ("remove it", "something else")
    assert subjects(objects, old, new) == ["gone", "edit it", "remove it"]


def test_a_path_that_looks_like_a_pattern_is_taken_literally(
    folder: Path, objects: Objects
) -> None:
    name = FunctionId("a[b]*.py", "answer", 0)
    old = committed(folder, {name.path: ANSWER, "ab.py": ANSWER})
    committed(folder, {"ab.py": ANSWER.replace("upper", "lower")}, "edit another")
    new = committed(folder, {name.path: ANSWER.replace("upper", "title")}, "edit it")
    assert subjects(objects, old, new, name) == ["edited", "edit it"]


def test_a_root_in_a_folder_of_its_repository(folder: Path) -> None:
    old = committed(folder, {"services/billing/app.py": ANSWER, "app.py": OTHER})
    new = committed(
        folder, {"services/billing/app.py": ANSWER.replace("upper", "lower")}, "edit it"
    )
    objects = open_objects(folder / "services" / "billing")
    assert not isinstance(objects, NoRepository)
    with objects:
        assert objects.prefix == "services/billing/"
        assert set(objects.tree(old)) == {"app.py"}
        assert subjects(objects, old, new) == ["edited", "edit it"]
