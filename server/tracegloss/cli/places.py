"""Places as a shell writes and reads them: `path:line:col` from the current folder, 1-based."""

from __future__ import annotations

import os
import re
from pathlib import Path

from msgspec.structs import replace

from tracegloss.errors import UsageError
from tracegloss.ide.answers import CodePlace
from tracegloss.model.site import Place
from tracegloss.overlay.document import TextKey
from tracegloss.report.text.segments import Line, Segment
from tracegloss.text import LineIndex, Position
from tracegloss.wording.places import place_label
from tracegloss.wording.printable import one_line
from tracegloss.workspace.session import ROOT_ID
from tracegloss.workspace.texts import Texts

_POSITION = re.compile(r"(?P<file>.+?):(?P<line>[0-9]{1,9})(?::(?P<column>[0-9]{1,9}))?", re.DOTALL)
_WORD = re.compile(r"\w+")
_CELL = re.compile(r"(?P<file>.+\.ipynb)#(?P<cell>[0-9]{1,9})", re.DOTALL)


def place_of(place: CodePlace) -> Place:
    """Turn an answer into the place it speaks of, relative to its root."""
    cell = None if place.key.cell < 0 else place.key.cell
    return Place(place.key.path, place.range, cell, place.key.repository)


def pointed(root: Path, place: CodePlace, *, column: bool = True) -> Line:
    """Write `path:line:col`, or `path:line`, that a program started here can open."""
    at = place_of(place)
    label = place_label(replace(at, path=_from_here(root, at.path)))
    return (Segment(label, "path", at), *_column(place, column=column))


def file_at(root: Path, written: str) -> TextKey:
    """Name the file an argument means: a path from this folder, else from the root.

    `study.ipynb#3` is a cell of a notebook. Raises `UsageError` for what is no file of the root.
    """
    cell = _CELL.fullmatch(written)
    name = cell["file"] if cell is not None else written
    path = _existing(root, name)
    if path is None:
        raise UsageError("No such file", where=written, remedy="Name a file of this repository")
    if not path.is_relative_to(root):
        raise UsageError(
            "The file lies outside the root", where=written, remedy="Choose its root with --root"
        )
    relative = path.relative_to(root).as_posix()
    return TextKey(ROOT_ID, relative, int(cell["cell"]) if cell is not None else -1)


def positions_at(root: Path, written: str) -> tuple[TextKey, tuple[Position, ...]]:
    """Understand `FILE:LINE:COL`, 1-based in code points; raises `UsageError` when it is nowhere.

    The column after the last character of a line is a position too. `FILE:LINE` means every word of
    the line.
    """
    found = _POSITION.fullmatch(written)
    if found is None:
        raise UsageError(
            "A position is FILE:LINE[:COL]", where=written, remedy="Such as agent/planner.py:32:9"
        )
    key = file_at(root, found["file"])
    lines = _lines(root, key)
    line = int(found["line"])
    if not 1 <= line <= lines.n_lines:
        raise UsageError(
            f"No line {line}", where=one_line(found["file"]), remedy=_count("line", lines.n_lines)
        )
    text = lines.line_text(line - 1)
    if found["column"] is None:
        return key, tuple(Position(line - 1, word.start()) for word in _WORD.finditer(text))
    column, n_columns = int(found["column"]), len(text) + 1
    if not 1 <= column <= n_columns:
        where = f"{one_line(found['file'])}:{line}"
        raise UsageError(f"No column {column}", where=where, remedy=_count("column", n_columns))
    return key, (Position(line - 1, column - 1),)


def _existing(root: Path, name: str) -> Path | None:
    try:
        found = next((p for p in (Path.cwd() / name, root / name) if p.is_file()), None)
        return None if found is None else found.resolve()
    except (OSError, ValueError):
        return None


def _lines(root: Path, key: TextKey) -> LineIndex:
    lines = Texts.below(root).of([key.path]).get(key.label)
    if lines is None:
        raise UsageError(
            "Nothing to read there", where=key.label, remedy="Name a text file or FILE.ipynb#CELL"
        )
    return lines


def _count(noun: str, number: int) -> str:
    return f"Count from 1 to {number}" if number > 1 else f"It has one {noun}"


def _column(place: CodePlace, *, column: bool) -> Line:
    return (Segment(f":{place.range.start.column + 1}", "path"),) if column else ()


def _from_here(root: Path, path: str) -> str:
    try:
        return Path(os.path.relpath(root / path, Path.cwd())).as_posix()
    except ValueError:  # on Windows, another drive
        return (root / path).as_posix()
