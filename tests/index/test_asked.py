"""Files asked for of a second process are those that a look at the folder finds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.index.repositories import write_files
from tracegloss.index.files.asked import AskedFiles
from tracegloss.index.files.tree_of_files import MAX_FILE_BYTES, WorkingTree

_FILES = {
    "app.py": "import mlflow\n",
    "notes.txt": "",
    "package/ünïcode.py": "",
    "package/notebook.ipynb": "{}",
    "large.py": "#" * (MAX_FILE_BYTES + 1),
}


@contextmanager
def _another_thread() -> Iterator[None]:
    """Run another thread: its locks forbid a second process."""
    ends = threading.Event()
    thread = threading.Thread(target=ends.wait)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


@pytest.mark.parametrize("exclude", [(), ("package/",)])
def test_what_was_asked_for_is_what_is_there(tmp_path: Path, exclude: tuple[str, ...]) -> None:
    root = write_files(tmp_path, _FILES).resolve()
    (root / "link.py").symlink_to(root / "app.py")
    asked, looked = WorkingTree.of(root, exclude, AskedFiles(root)), WorkingTree.of(root, exclude)
    assert list(asked.stamps.items()) == list(looked.stamps.items())
    assert asked.problems == looked.problems
    assert [problem.code for problem in asked.problems] == ["large-file"]


def test_without_a_second_process_git_alone_is_asked(tmp_path: Path) -> None:
    root = write_files(tmp_path, _FILES).resolve()
    with _another_thread():
        asked = AskedFiles(root)
    assert asked.stamps() is None
    assert WorkingTree.of(root, (), asked).stamps == WorkingTree.of(root).stamps


def test_a_question_about_another_folder_is_not_heard(tmp_path: Path) -> None:
    root = write_files(tmp_path / "root", {"app.py": ""}).resolve()
    other = write_files(tmp_path / "other", {"else.py": ""}).resolve()
    assert list(WorkingTree.of(root, (), AskedFiles(other)).stamps) == ["app.py"]


def test_a_folder_with_more_to_say_of_it_is_looked_at_here(tmp_path: Path) -> None:
    deep = "/".join(str(n) for n in range(42))
    root = write_files(tmp_path, {"app.py": "", f"{deep}/far.py": ""}).resolve()
    asked = AskedFiles(root)
    tree = WorkingTree.of(root, (), asked)
    assert (list(tree.stamps), [p.code for p in tree.problems]) == (["app.py"], ["deep-folder"])


def test_no_folder_is_no_answer(tmp_path: Path) -> None:
    assert AskedFiles(tmp_path / "missing").stamps() is None
