"""Carries places and sites of a trace from the code that ran to the code as it is now."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from tracegloss.history.code import Code
from tracegloss.history.functions import CarriedFunctions
from tracegloss.history.likeness import likeness
from tracegloss.history.line_map import LineMap, line_map
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.model.resolution import Freshness
from tracegloss.model.site import FunctionId, Place, Site
from tracegloss.text import LineIndex, Position, TextRange, range_of

_LEAST_ALIKE_LINES = 0.5


class CarriedSite(Struct, frozen=True):
    """A site as it is now, and what became of its function; of a gone one the site as it ran."""

    site: Site
    freshness: Freshness


class _Stretch(Struct, frozen=True):
    """Two texts that correspond, with the lines they begin at in the texts of their places."""

    lines: LineMap
    then_first: int
    now_first: int
    now: Place


class CarriedPlaces:
    """The places of `then` in `now`; each function and each file is compared once.

    `then_index` and `now_index` know the sites of either tree, as far as they indexed it.
    """

    def __init__(
        self, functions: CarriedFunctions, then_index: RepoIndex, now_index: RepoIndex
    ) -> None:
        """Carry nothing yet."""
        self.functions = functions
        self._then, self._now = functions.then, functions.now
        self._then_sites = then_index.sites
        self._now_sites = now_index.sites
        self._stretches: dict[FunctionId, _Stretch | None] = {}
        self._files: dict[tuple[str, int | None], _Stretch | None] = {}

    def site(self, site: Site) -> CarriedSite:
        """Carry a site with its function; one in a module's own code by its statement's lines."""
        function = site.function
        entry = None if function is None else self._then.function(function)
        if function is None or entry is None:
            return self._module_site(site)
        carried = self.functions.carry(function)
        if carried.entry is None:
            return CarriedSite(site, Freshness.GONE)
        there = self._site_in(site, entry, carried.entry)
        if there is None:
            return CarriedSite(site, Freshness.GONE)
        return CarriedSite(there, carried.freshness)

    def place(self, place: Place) -> Place | None:
        """Carry a place: by the function around it, else by its file; `None` when that is gone.

        A line that was edited is carried to the one most like it where it was.
        """
        if self.functions.files.is_same(place.path):
            return place
        stretch = self._stretch(place)
        return None if stretch is None else _carried(stretch, place)

    def around(self, place: Place) -> FunctionEntry | None:
        """Find the innermost function around a place as it ran; `None` in a file that is as it was.

        The code of a module itself is in no function.
        """
        if self.functions.files.is_same(place.path):
            return None
        return next(iter(self._around(place)), None)

    def _around(self, place: Place) -> list[FunctionEntry]:
        """List the functions around a place as it ran, innermost first."""
        entries = self._then.functions(place.path)
        around = [e for e in entries if e.kind == "function" and _is_around(e, place)]
        return sorted(around, key=lambda e: e.extent.range.start, reverse=True)

    def function(self, function: FunctionId) -> FunctionId:
        """Name a function as it is now; one that is gone keeps its name."""
        carried = self.functions.carry(function)
        return function if carried.entry is None else carried.entry.function

    def _site_in(self, site: Site, then: FunctionEntry, now: FunctionEntry) -> Site | None:
        """Find the site of one kind and name in the same turn in its function, else place it.

        A statement of which nothing is left in its function is gone from it.
        """
        known = self._counterpart(site, now.function)
        if known is not None:
            return known
        if site.at == then.at:
            return replace(
                site,
                at=now.at,
                extent=now.extent.range,
                function=now.function,
                qualified_name=now.function.qualified_name,
            )
        if not self._is_left(site.at):
            return None
        at = self.place(site.at) or now.at
        extent = _moved_lines(site.extent, at.range.start.line - site.at.range.start.line)
        name = now.function.qualified_name if site.qualified_name else site.qualified_name
        return replace(site, at=at, extent=extent, function=now.function, qualified_name=name)

    def _is_left(self, place: Place) -> bool:
        """Tell whether the token of a place still stands on its line, or where that was."""
        if self.functions.files.is_same(place.path):
            return True
        stretch = self._stretch(place)
        if stretch is None:
            return False
        return stretch.lines.token(_moved_lines(place.range, -stretch.then_first)) is not None

    def _counterpart(self, site: Site, now: FunctionId) -> Site | None:
        assert site.function is not None
        ours = _of(self._then_sites, site, site.function)
        theirs = _of(self._now_sites, site, now)
        turn = ours.index(site) if site in ours else 0
        named = [each for each in theirs if each.names == site.names]
        turn_of_name = [each for each in ours if each.names == site.names]
        if len(named) == len(turn_of_name) and site in turn_of_name:
            return named[turn_of_name.index(site)]
        return theirs[turn] if len(ours) == len(theirs) and turn < len(theirs) else None

    def _module_site(self, site: Site) -> CarriedSite:
        """Carry a site that is in no function: its lines stand as they did, or were edited."""
        if self.functions.files.is_same(site.at.path):
            return CarriedSite(site, Freshness.IDENTICAL)
        stretch = self._stretch(site.at)
        at = None if stretch is None else _carried(stretch, site.at)
        if stretch is None or at is None:
            return CarriedSite(site, Freshness.GONE)
        shift = at.range.start.line - site.at.range.start.line
        moved = replace(site, at=at, extent=_moved_lines(site.extent, shift))
        if stretch.lines.keeps(_moved_lines(site.extent, -stretch.then_first)):
            is_there = at.path == site.at.path and not shift
            return CarriedSite(moved, Freshness.IDENTICAL if is_there else Freshness.MOVED)
        token = stretch.lines.token(_moved_lines(site.at.range, -stretch.then_first))
        return CarriedSite(moved, Freshness.EDITED if token is not None else Freshness.GONE)

    def _stretch(self, place: Place) -> _Stretch | None:
        around = self._around(place)
        for entry in around:
            if entry.function not in self._stretches:
                self._stretches[entry.function] = self._of_function(entry)
            stretch = self._stretches[entry.function]
            if stretch is not None:
                return stretch
        return None if around else self._of_file(place)

    def _of_function(self, entry: FunctionEntry) -> _Stretch | None:
        now = self.functions.carry(entry.function).entry
        if now is None:
            return None
        lines = line_map(_text(self._then, entry), _text(self._now, now))
        first = entry.extent.range.start.line, now.extent.range.start.line
        return _Stretch(lines, *first, now.extent)

    def _of_file(self, place: Place) -> _Stretch | None:
        key = place.path, place.cell
        if key not in self._files:
            self._files[key] = self._file_stretch(place)
        return self._files[key]

    def _file_stretch(self, place: Place) -> _Stretch | None:
        path, then = self.functions.files.file(place.path), self._then.text(place)
        if path is None or then is None:
            return None
        texts = self._now.texts(path)
        label = path if place.cell is None else _cell_label(path, place.cell, then, texts)
        now = None if label is None else texts.get(label)
        if now is None or label is None:
            return None
        cell = None if place.cell is None else int(label.rpartition("#")[2])
        return _Stretch(line_map(then, now), 0, 0, Place(path, range_of(0, 0, 0, 0), cell))


def _carried(stretch: _Stretch, place: Place) -> Place:
    then = _moved_lines(place.range, -stretch.then_first)
    at = stretch.lines.token(then)
    if at is None:
        line = _most_alike(stretch.lines, then.start.line)
        at = _whole_line(stretch.lines.new, line)
    now = _moved_lines(at, stretch.now_first)
    return Place(stretch.now.path, now, stretch.now.cell, place.repository)


def _most_alike(lines: LineMap, then: int) -> int:
    """Choose the line that stands for one that was edited, among those where it was.

    A statement that was spread over lines is where it begins: Python's own frames say that line.
    """
    known = lines.line(then)
    if known is not None:
        return known
    was = lines.old.line_text(then)
    first = was.split()[:1]
    ranked = [(_alike(was, first, lines.new.line_text(n)), -n) for n in lines.gap(then)]
    alike, number = max(ranked, default=(0.0, 0))
    if alike >= _LEAST_ALIKE_LINES:
        return -number
    return lines.extent(range_of(then, 0, then, 0)).start.line


def _alike(was: str, first: Sequence[str], row: str) -> float:
    """Measure how alike two lines are; the same first word counts as much as half of the rest."""
    same_start = bool(first) and row.split()[:1] == first
    return likeness([was], [row]) + (_LEAST_ALIKE_LINES if same_start else 0.0)


def _whole_line(text: LineIndex, line: int) -> TextRange:
    """Mark a line's text without its indentation."""
    content = text.line_text(line).rstrip()
    indent = len(content) - len(content.lstrip())
    return range_of(line, indent, line, max(len(content), indent))


def _of(sites: Sequence[Site], like: Site, function: FunctionId) -> list[Site]:
    """List the sites of one kind in a function, in order of their places."""
    found = [s for s in sites if s.function == function and s.kind == like.kind]
    return sorted(found, key=lambda site: (site.at.path, site.at.cell or 0, site.at.range))


def _cell_label(path: str, cell: int, then: LineIndex, texts: dict[str, LineIndex]) -> str | None:
    """Find the cell of a notebook: the one of the same text, else of the same number."""
    own = f"{path}#{cell}"
    if own in texts and texts[own].source == then.source:
        return own
    same = [label for label, text in texts.items() if text.source == then.source]
    return same[0] if len(same) == 1 else own if own in texts else None


def _text(code: Code, entry: FunctionEntry) -> LineIndex:
    return LineIndex.of("\n".join(code.source(entry)).encode())


def _is_around(entry: FunctionEntry, place: Place) -> bool:
    extent, line = entry.extent.range, place.range.start.line
    return entry.extent.cell == place.cell and extent.start.line <= line <= extent.end.line


def _moved_lines(extent: TextRange, by: int) -> TextRange:
    start, end = extent.start, extent.end
    return TextRange(Position(start.line + by, start.column), Position(end.line + by, end.column))
