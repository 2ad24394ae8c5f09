"""Jupyter notebooks: the code cells joined into one text, and the way back to each cell."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tracegloss.syntax.extract import extract_text
from tracegloss.syntax.facts import CellStart, FileFacts
from tracegloss.syntax.magics import plain_python
from tracegloss.syntax.parse import parse


class _Cell(msgspec.Struct):
    cell_type: str = ""
    source: str | list[str] = ""
    # nbformat 3
    input: str | list[str] = ""
    language: str = "python"


class _Worksheet(msgspec.Struct):
    cells: list[_Cell] = []


class _Language(msgspec.Struct):
    name: str = ""
    language: str = ""


class _Metadata(msgspec.Struct):
    kernelspec: _Language = msgspec.field(default_factory=_Language)
    language_info: _Language = msgspec.field(default_factory=_Language)


class _Notebook(msgspec.Struct):
    cells: list[_Cell] = []
    # nbformat 3
    worksheets: list[_Worksheet] = []
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


class NotebookText(msgspec.Struct, frozen=True):
    """The joined Python of a notebook as UTF-8, its cells, and what of it is not Python."""

    text: bytes = b""
    cells: tuple[CellStart, ...] = ()
    problem: str | None = None


def extract_notebook(raw: bytes) -> FileFacts:
    """Extract the facts of an `.ipynb` file; never raises."""
    notebook = _read(raw)
    facts = extract_text(notebook.text, notebook.problem)
    return msgspec.structs.replace(facts, cells=notebook.cells)


def _read(raw: bytes) -> NotebookText:
    """Join the code cells of a notebook (nbformat 3 and 4); cells count from 0 over all cells."""
    try:
        notebook = msgspec.json.decode(raw.removeprefix(b"\xef\xbb\xbf"), type=_Notebook)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as failure:
        return NotebookText(problem=f"not a notebook: {failure}"[:200])
    if not _is_python(notebook.metadata):
        return NotebookText()
    return _joined(_cells(notebook))


def cell_texts(raw: bytes) -> dict[int, bytes]:
    """Give the code cells as they are written, UTF-8, by their number; empty for no notebook."""
    try:
        notebook = msgspec.json.decode(raw.removeprefix(b"\xef\xbb\xbf"), type=_Notebook)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return {
        number: _written(cell).encode("utf-8", "replace")
        for number, cell in enumerate(_cells(notebook))
        if cell.cell_type == "code"
    }


def _is_python(metadata: _Metadata) -> bool:
    known = metadata.language_info.name or metadata.kernelspec.language
    return known.lower() in {"", "python", "ipython", "python3", "python2"}


def _cells(notebook: _Notebook) -> list[_Cell]:
    return notebook.cells + [cell for sheet in notebook.worksheets for cell in sheet.cells]


def _joined(cells: Sequence[_Cell]) -> NotebookText:
    pieces: list[bytes] = []
    starts: list[CellStart] = []
    problem: str | None = None
    line = 0
    for number, cell in enumerate(cells):
        python = _python(cell)
        if python is None:
            continue
        code = python.encode("utf-8", "replace").rstrip(b"\n") + b"\n"
        if not _is_closed(code):
            problem = problem or f"cell {number} is not closed"
            code = b"\n" * code.count(b"\n")
        starts.append(CellStart(line, number))
        pieces.append(code)
        line += code.count(b"\n")
    return NotebookText(b"".join(pieces), tuple(starts), problem)


def _python(cell: _Cell) -> str | None:
    if cell.cell_type != "code" or cell.language not in {"python", "ipython"}:
        return None
    return plain_python(_written(cell).replace("\r\n", "\n").replace("\r", "\n"))


def _written(cell: _Cell) -> str:
    source = cell.source or cell.input
    return source if isinstance(source, str) else "".join(source)


def _is_closed(code: bytes) -> bool:
    """Tell whether an error in a cell, such as an open string, leaves the cells after it alone."""
    root = parse(code + b"after_the_cell\n").root_node
    if not root.has_error:
        return True
    last = root.children[-1] if root.children else root
    return last.type == "expression_statement" and last.end_byte - last.start_byte == len(
        b"after_the_cell"
    )
