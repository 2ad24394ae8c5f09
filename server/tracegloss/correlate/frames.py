"""Stack frames laid on the workspace, and the frame that names a span's own function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct, field

from tracegloss.correlate.aliases import (
    PathMap,
    Quote,
    agrees,
    is_library,
    is_mlflow_tracing,
    is_notebook_cell,
    normal,
)
from tracegloss.correlate.notebook_cells import cell_number, command_lines, is_command, number_of
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.model.resolution import PlacedFrame
from tracegloss.model.site import FunctionId, Place, Site
from tracegloss.model.trace import SpanException, StackFrame
from tracegloss.reveal import reveal
from tracegloss.text import LineIndex, TextRange, range_of

PlacedExceptions = tuple[tuple[tuple[PlacedFrame, ...], ...], ...]

_IN_FUNCTION = frozenset({"<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>"})


class OwnFrames(NamedTuple):
    """The frames of a span's own run: below MLflow's wrapper, above the next traced call.

    `wrapped` says that MLflow's wrapper frame stands directly above the first of them.
    """

    frames: tuple[PlacedFrame, ...]
    wrapped: bool


class FramePlacer(Struct):
    """Lays frames on files; equal frames are laid once."""

    index: RepoIndex
    paths: PathMap
    texts: Mapping[str, LineIndex]
    placed: dict[tuple[str, int, str, str | None], PlacedFrame] = field(default_factory=dict)
    numbers: dict[str, int | None] = field(default_factory=dict)

    def exceptions(self, exceptions: Iterable[SpanException]) -> PlacedExceptions:
        """Lay every frame of every block of a span's exceptions."""
        return tuple(
            tuple(tuple(self.frame(frame) for frame in block.frames) for block in exception.blocks)
            for exception in exceptions
        )

    def frame(self, frame: StackFrame) -> PlacedFrame:
        """Lay one frame."""
        text = None if frame.text is None else reveal(frame.text)
        key = (reveal(frame.path), frame.line, reveal(frame.function), text)
        known = self.placed.get(key)
        if known is None:
            known = self.placed[key] = self._laid(frame, Quote(normal(key[0]), frame.line, text))
        return known

    def _laid(self, frame: StackFrame, quote: Quote) -> PlacedFrame:
        if is_notebook_cell(quote.path):
            return self._in_notebook(frame, quote)
        file = None if is_library(quote.path) else self.paths.file_of(quote.path)
        if file is None:
            return PlacedFrame(frame, False, None, None, False)
        text = self.texts.get(file)
        verified = text is not None and agrees(quote, text)
        place = Place(file, _line_range(quote.line - 1, text))
        return PlacedFrame(frame, True, place, self._function(frame, place, verified), verified)

    def _in_notebook(self, frame: StackFrame, quote: Quote) -> PlacedFrame:
        """Find the cell that the path numbers, else the one whose line is the quoted one.

        Of several such cells it is the one that has the frame's function around that line; for a
        cell of Databricks, which says nothing of its notebook, so it must be of one alone.
        """
        fitting = [key for key, text in self.texts.items() if "#" in key and agrees(quote, text)]
        number = cell_number(quote.path)
        if number is not None:
            numbered = [key for key, own in self._numbers().items() if own == number]
            fitting = [key for key in numbered if quote.text is None or key in fitting] or fitting
        placed = [self._in_cell(frame, quote, key) for key in fitting]
        if is_command(quote.path):
            placed += self._in_source_notebooks(frame, quote)
        is_doubtful = len(placed) > 1 or is_command(quote.path)
        if is_doubtful and reveal(frame.function) != "<module>":
            placed = [each for each in placed if self._is_around(each)]
        return placed[0] if len(placed) == 1 else PlacedFrame(frame, False, None, None, False)

    def _in_source_notebooks(self, frame: StackFrame, quote: Quote) -> Iterator[PlacedFrame]:
        """Lay a frame on the cells of Databricks source notebooks whose line is the quoted one."""
        for path, text in self.texts.items():
            for line in command_lines(text.source, quote.line) if "#" not in path else ():
                if agrees(Quote(quote.path, line + 1, quote.text), text):
                    place = Place(path, _line_range(line, text))
                    yield PlacedFrame(frame, True, place, self._function(frame, place, True), True)

    def _numbers(self) -> Mapping[str, int | None]:
        """Number the cells as Jupyter's kernel does."""
        if not self.numbers:
            cells = {key: text for key, text in self.texts.items() if "#" in key}
            self.numbers.update({key: number_of(text.source) for key, text in cells.items()})
        return self.numbers

    def _in_cell(self, frame: StackFrame, quote: Quote, key: str) -> PlacedFrame:
        path, _, cell = key.rpartition("#")
        place = Place(path, _line_range(quote.line - 1, self.texts[key]), int(cell))
        return PlacedFrame(frame, True, place, self._function(frame, place, True), True)

    def _is_around(self, placed: PlacedFrame) -> bool:
        if placed.function is None or placed.place is None:
            return False
        return _around(self.index.functions[placed.function], placed.place)

    def _function(self, frame: StackFrame, place: Place, verified: bool) -> FunctionId | None:
        """Name the definition around a line whose name is the frame's function."""
        name = reveal(frame.function).rpartition(".")[2]
        if name == "<module>":
            return FunctionId(place.path, "", 0)
        inside = name in _IN_FUNCTION
        entries = [e for e in self._functions(place.path) if inside or e.name == name]
        around = [e for e in entries if _around(e, place)]
        if verified and around:
            return max(around, key=lambda e: e.extent.range.start).function
        # An edited file: only a name that exists once can be meant.
        return entries[0].function if len(entries) == 1 and not inside else None

    def _functions(self, path: str) -> list[FunctionEntry]:
        """List the definitions of a file; entries are made for files with frames only."""
        entries = (self.index.functions[function] for function in self.index.functions_in(path))
        return [entry for entry in entries if entry.kind in {"function", "lambda"}]


def own_frames(placed: PlacedExceptions) -> OwnFrames:
    """Cut the frames of a span's own run out of its newest exception.

    The last block of a printed chain is the exception that reached MLflow's wrapper, so its first
    frames are the wrapper's; the next wrapper frame begins a traced call inside. What was caught
    on the way, by the function that raised anew, goes on where that function had called.
    """
    frames = _last_block(placed)
    start = 0
    while start < len(frames) and _is_wrapper(frames[start]):
        start += 1
    own = _until_wrapper(frames[start:])
    if start + len(own) == len(frames):
        for caught in reversed(placed[-1][:-1] if placed else ()):
            if not own or not caught or not _is_same_function(own[-1], caught[0]):
                break
            own += _until_wrapper(caught[1:])
            if any(map(_is_wrapper, caught)):
                break
    return OwnFrames(own, start > 0)


def _until_wrapper(frames: tuple[PlacedFrame, ...]) -> tuple[PlacedFrame, ...]:
    end = next((i for i, frame in enumerate(frames) if _is_wrapper(frame)), len(frames))
    return frames[:end]


def _is_same_function(placed: PlacedFrame, other: PlacedFrame) -> bool:
    one, two = placed.frame, other.frame
    return one.path == two.path and one.function == two.function


def calling_frame(placed: PlacedExceptions) -> PlacedFrame | None:
    """Return the own frame that stands directly above the next traced call, if there is one."""
    frames = _last_block(placed)
    n_wrappers = next((i for i, frame in enumerate(frames) if not _is_wrapper(frame)), 0)
    own = _until_wrapper(frames[n_wrappers:])
    inside = n_wrappers + len(own)
    if not n_wrappers or not own or inside >= len(frames) or not own[-1].own:
        return None
    return own[-1]


def leaving_frame(placed: PlacedExceptions) -> PlacedFrame | None:
    """Return the frame in which a span's exception came back from a library, if it did."""
    last: PlacedFrame | None = None
    for frame in own_frames(placed).frames:
        if not frame.own:
            return last
        last = frame
    return None


def _last_block(placed: PlacedExceptions) -> tuple[PlacedFrame, ...]:
    return placed[-1][-1] if placed and placed[-1] else ()


def _is_wrapper(placed: PlacedFrame) -> bool:
    return is_mlflow_tracing(reveal(placed.frame.path))


def runs_in(site: Site, placed: PlacedFrame) -> bool:
    """Tell whether a frame runs inside a span of this site."""
    if site.function is None or placed.function != site.function or placed.place is None:
        return False
    if site.block is None or not placed.verified:
        return True
    if site.at.cell != placed.place.cell:
        return False
    line = placed.place.range.start.line
    return site.extent.start.line <= line <= max(site.block.end.line, site.extent.start.line)


def first_match(own: OwnFrames, sites: Iterable[Site]) -> PlacedFrame | None:
    """Return the first own frame whose function is that of one of these sites.

    A frame of an unknown function ends the search: what stands below it may be another span's.
    """
    candidates = tuple(sites)
    for placed in own.frames:
        if not placed.own:
            continue
        if any(runs_in(site, placed) for site in candidates):
            return placed
        if placed.function is None:
            return None
    return None


def _line_range(line: int, text: LineIndex | None) -> TextRange:
    """Mark a line's text without its indentation."""
    content = "" if text is None else text.line_text(line).rstrip()
    indent = len(content) - len(content.lstrip())
    return range_of(line, indent, line, max(len(content), indent))


def _around(entry: FunctionEntry, place: Place) -> bool:
    extent = entry.extent.range
    return (
        entry.extent.cell == place.cell
        and extent.start.line <= place.range.start.line <= extent.end.line
    )
