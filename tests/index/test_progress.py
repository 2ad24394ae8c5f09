"""Whoever waits for an index is told how far it has come."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.index.repositories import write_files
from tracegloss.index.build import index_folder

_PLAIN = "def plain():\n    pass\n"
_TRACING = "import mlflow\n\n\n@mlflow.trace\ndef traced():\n    pass\n"


def _told(root: Path, cache: Path | None = None) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    index_folder(root, (), cache, lambda n_done, n_files: told.append((n_done, n_files)))
    return told


@pytest.mark.parametrize("n_files", [1, 5, 250])
def test_counts_rise_from_none_to_all_in_about_a_hundred_steps(
    n_files: int, tmp_path: Path
) -> None:
    texts = {f"file_{n}.py": _TRACING if n % 3 else _PLAIN for n in range(n_files)}
    told = _told(write_files(tmp_path, texts))
    assert told[0] == (0, n_files)
    assert told[-1] == (n_files, n_files)
    assert all(earlier < later for (earlier, _), (later, _) in pairwise(told))
    assert min(n_files, 100) < len(told) <= 130


def test_an_index_from_the_store_is_told_as_well(tmp_path: Path) -> None:
    root = write_files(tmp_path / "repository", {"app.py": _TRACING, "other.py": _PLAIN})
    _told(root, tmp_path / "cache")
    told = _told(root, tmp_path / "cache")
    assert (told[0], told[-1]) == ((0, 2), (2, 2))


def test_what_is_read_after_the_index_is_there_is_told_to_nobody(tmp_path: Path) -> None:
    texts = {f"file_{n}.py": _TRACING for n in range(3)}
    root = write_files(tmp_path / "repository", texts)
    _told(root, tmp_path / "cache")
    told: list[int] = []
    state = index_folder(root, (), tmp_path / "cache", lambda n_done, _n_files: told.append(n_done))
    assert told[-1] == 3
    told.clear()
    assert all(state.index.functions[each.function] for each in state.index.sites if each.function)
    assert told == []


def test_nothing_to_read_is_told_as_nothing(tmp_path: Path) -> None:
    assert _told(tmp_path) == [(0, 0)]
