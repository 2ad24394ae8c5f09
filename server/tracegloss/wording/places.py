"""Places as readers and other programs write them: `path:line`, 1-based."""

from __future__ import annotations

from tracegloss.model.site import Place
from tracegloss.wording.printable import one_line


def file_label(place: Place) -> str:
    """Name the file; a notebook's cell, from 0, follows a `#`: `study.ipynb#3`."""
    path = one_line(place.path)
    return path if place.cell is None else f"{path}#{place.cell}"


def place_label(place: Place) -> str:
    """Write `path:line` with the 1-based line (within the cell of a notebook)."""
    return f"{file_label(place)}:{place.range.start.line + 1}"


def text_key(place: Place) -> str:
    """Return the key of the place's text in `TraceOnCode.texts`."""
    return place.text_key
