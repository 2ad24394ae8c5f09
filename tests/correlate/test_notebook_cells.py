"""Cells found by the number that Jupyter's kernel gives their file."""

from __future__ import annotations

import json

import pytest

from tests.conftest import REPOSITORY
from tracegloss.correlate.aliases import PathMap
from tracegloss.correlate.frames import FramePlacer
from tracegloss.correlate.notebook_cells import LARGEST_CELL, cell_number, number_of
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
