"""Texts of the workspace as they are now, where that differs from what traces were laid on."""

from __future__ import annotations

from msgspec import Struct

from tracegloss.index.repo import FunctionEntry
from tracegloss.model.site import FunctionId, Place, Site
from tracegloss.text import LineIndex


class TextKey(Struct, frozen=True, order=True):
    """One text of the workspace: a file, or a cell of a notebook.

    `path` is posix and relative to the root `repository`; `cell` counts from 0 over all cells and
    is -1 for what is no notebook.
    """

    repository: str
    path: str
    cell: int = -1

    @property
    def label(self) -> str:
        """The key of this text in `TraceOnCode.texts`."""
        label = self.path if self.cell < 0 else f"{self.path}#{self.cell}"
        return f"{self.repository}:{label}" if "@" in self.repository else label


def key_of(place: Place) -> TextKey:
    """Name the text a place lies in."""
    return TextKey(place.repository, place.path, -1 if place.cell is None else place.cell)


class Document(Struct, frozen=True, eq=False):
    """A text that is open in an editor, or was saved after traces were laid on it.

    `version` is the editor's, `None` for a saved file that is not open. `functions` and `sites`
    come from its last good facts, those of an earlier version while it does not parse.
    """

    key: TextKey
    text: LineIndex
    version: int | None = None
    functions: tuple[FunctionEntry, ...] = ()
    sites: tuple[Site, ...] = ()

    def function(self, function: FunctionId, line: int | None) -> FunctionEntry | None:
        """Find a function by its qualified name; of twins the one nearest to `line`."""
        twins = [
            entry
            for entry in self.functions
            if entry.function.qualified_name == function.qualified_name
        ]
        wanted = function.line if line is None else line
        return min(twins, key=lambda entry: abs(entry.at.range.start.line - wanted), default=None)
