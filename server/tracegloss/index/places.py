"""Extents of facts as places of the workspace; in a notebook they count within their cell."""

from __future__ import annotations

from bisect import bisect_right

from tracegloss.index.interpreter.scopes import MODULE, FileScopes
from tracegloss.model.site import FunctionId, Place
from tracegloss.syntax.facts import CellStart, Extent, FileFacts
from tracegloss.text import TextRange, range_of


def place_of(facts: FileFacts, path: str, extent: Extent) -> Place:
    """Turn an extent into a place."""
    cell = _cell_at(facts, extent.line)
    return Place(path, extent_of(facts, extent), None if cell is None else cell.cell)


def extent_of(facts: FileFacts, extent: Extent) -> TextRange:
    """Turn an extent into a range, its lines within the cell where it starts."""
    cell = _cell_at(facts, extent.line)
    shift = 0 if cell is None else cell.offset - cell.line
    return range_of(extent.line + shift, extent.column, extent.end_line + shift, extent.end_column)


def _cell_at(facts: FileFacts, line: int) -> CellStart | None:
    if not facts.cells:
        return None
    position = bisect_right(facts.cells, line, key=lambda cell: cell.line) - 1
    return facts.cells[max(position, 0)]


def function_id(scopes: FileScopes, path: str, definition: int) -> FunctionId:
    """Name a definition, or the module itself for -1."""
    if definition == MODULE:
        return FunctionId(path, "", 0)
    found = scopes.definition(definition)
    return FunctionId(path, found.qualified_name, found.at.line)
