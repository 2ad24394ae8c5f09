"""Cells found by the number that Jupyter's kernel gives their file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tracegloss.correlate.aliases import PathMap
from tracegloss.correlate.frames import FramePlacer
from tracegloss.correlate.notebook_cells import LARGEST_CELL, cell_number, number_of
from tracegloss.index.build import index_folder
from tracegloss.index.repo import RepoIndex
from tracegloss.model.trace import StackFrame
from tracegloss.recorded import Recorded
from tracegloss.text import LineIndex

NOTEBOOK = REPOSITORY / "fixtures/eval/notebook/app/notebooks/cooking.ipynb"


@pytest.mark.parametrize(
    "source, number",
    [("", 3990065800), ("a", 2167009006), ("abc\n", 3909374524), ("x = 1", 3427300630)],
)
def test_numbers_are_those_of_ipykernel(source: str, number: int) -> None:
    assert number_of(source.encode()) == number


def test_a_recorded_frame_names_its_cell() -> None:
    """The frames of the recorded notebook read `/tmp/ipykernel_20112/4092613888.py`."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    numbers = [number_of("".join(cell["source"]).encode()) for cell in cells]
    assert [n for n, number in enumerate(numbers) if number == 4092613888] == [11]


def test_a_very_long_cell_has_no_number() -> None:
    assert number_of(b"#" * (LARGEST_CELL + 1)) is None


@pytest.mark.parametrize(
    "path, number",
    [
        ("/tmp/ipykernel_20112/4092613888.py", 4092613888),
        ("C:/Users/me/AppData/Local/Temp/ipykernel_7/12.py", 12),
        ("/tmp/ipykernel_20112/work.py", None),
        ("/srv/app/4092613888.py", None),
    ],
)
def test_numbers_in_paths(path: str, number: int | None) -> None:
    assert cell_number(path) == number


FIRST, SECOND, COPY = b"x = 1\nf(x)", b"x = 2\nf(x)", b"x = 2\nf(x)"
NUMBER = number_of(SECOND)


@pytest.mark.parametrize(
    "cells, path, quoted, cell",
    [
        ([FIRST, SECOND], f"/tmp/ipykernel_1/{NUMBER}.py", "f(x)", 1),
        ([FIRST, SECOND], f"/tmp/ipykernel_1/{NUMBER}.py", None, 1),
        ([FIRST, SECOND], "/tmp/ipykernel_1/99.py", "f(x)", None),
        ([FIRST], "/tmp/ipykernel_1/99.py", "f(x)", 0),
        ([SECOND, COPY], f"/tmp/ipykernel_1/{NUMBER}.py", "f(x)", None),
        ([FIRST, SECOND], f"/tmp/ipykernel_1/{NUMBER}.py", "g(x)", None),
    ],
    ids=["numbered", "no source", "edited", "edited, one fits", "copies", "another line"],
)
def test_which_cell_a_frame_lies_in(
    cells: list[bytes], path: str, quoted: str | None, cell: int | None
) -> None:
    texts = {f"work.ipynb#{number}": LineIndex.of(source) for number, source in enumerate(cells)}
    placer = FramePlacer(RepoIndex(frozenset(), frozenset(), (), {}, {}), PathMap({}, ()), texts)
    text = None if quoted is None else Recorded(quoted)
    placed = placer.frame(StackFrame(Recorded(path), 2, Recorded("<module>"), text))
    assert (None if placed.place is None else placed.place.cell) == cell


SOURCE = b"""# Databricks notebook source
import mlflow

# COMMAND ----------

@mlflow.trace
def run(value):
    return 1 / value

# COMMAND ----------

run(0)
x = 1

# COMMAND ----------
run(2)
"""
TWICE = SOURCE + b"\n# COMMAND ----------\n\nrun(0)\n"


@pytest.mark.parametrize(
    "source, path, line, quoted, at",
    [
        (SOURCE, "<command-12>", 1, "run(0)", 11),
        (SOURCE, "/root/ipykernel/<command-12-34>", 1, "run(0)", 11),
        (SOURCE, "<command-12>", 1, "run(2)", 15),
        (SOURCE, "<command-12>", 2, "x = 1", 12),
        (SOURCE, "<command-12>", 1, "import mlflow", 1),
        (SOURCE, "<command-12>", 2, "run(0)", None),
        (SOURCE, "<command-12>", 1, None, None),
        (TWICE, "<command-12>", 1, "run(0)", None),
        (SOURCE, "/tmp/ipykernel_1/9.py", 1, "run(0)", None),
        (SOURCE.partition(b"\n")[2], "<command-12>", 1, "run(0)", None),
        (SOURCE, "<command-12>", 90, "run(0)", None),
    ],
)
def test_which_line_of_a_source_notebook_a_frame_of_databricks_is(
    source: bytes, path: str, line: int, quoted: str | None, at: int | None
) -> None:
    index = RepoIndex(frozenset(), frozenset(), (), {}, {})
    placer = FramePlacer(index, PathMap({}, ()), {"job.py": LineIndex.of(source)})
    text = None if quoted is None else Recorded(quoted)
    placed = placer.frame(StackFrame(Recorded(path), line, Recorded("<module>"), text))
    assert (None if placed.place is None else placed.place.range.start.line) == at


@pytest.mark.parametrize("name, is_laid", [("run", True), ("stop", False)])
def test_a_frame_of_databricks_lies_in_its_function(
    tmp_path: Path, name: str, *, is_laid: bool
) -> None:
    (tmp_path / "job.py").write_bytes(SOURCE)
    index = index_folder(tmp_path, (), None).index
    placer = FramePlacer(index, PathMap({}, ()), {"job.py": LineIndex.of(SOURCE)})
    quoted = Recorded("return 1 / value")
    placed = placer.frame(StackFrame(Recorded("<command-7>"), 3, Recorded(name), quoted))
    found = None if placed.function is None else placed.function.qualified_name
    assert (placed.own, found) == ((True, "run") if is_laid else (False, None))
