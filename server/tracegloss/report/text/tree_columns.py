"""The columns of the span tree: what stands in each, and how wide they are.

A row's last column says how far its line may be trusted; only deviations get a word there. What
became of a line since the trace was recorded belongs in the same column.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tracegloss.model.finding import Severity
from tracegloss.report.text.segments import Line, Segment, mark, text_of
from tracegloss.wording.columns import cells, pad, pad_left
from tracegloss.wording.cutting import cut_name

_MARK = 2
_GAP = "  "
_LEAST_NAME = 10
_WIDEST_TYPE = 16
_NARROW = 72


class TreeRow(Struct, frozen=True):
    """One row before it is laid out. `rails` are the tree's lines before the name.

    `after` stand below the row in the column of the code: the candidates of a tie.
    """

    severity: Severity | None
    unsure: bool
    rails: str
    name: str
    suffix: str
    type: str
    total: str
    self: str
    code: Line
    qualified_name: str
    note: str
    after: tuple[Line, ...] = ()


class Widths(Struct, frozen=True):
    """Widths of the columns in terminal columns, 0 for a column that is left out."""

    name: int
    type: int
    total: int
    self: int
    code: int
    is_carried: bool = False

    @property
    def before_code(self) -> int:
        """Return where the column of the code starts."""
        columns = (self.name, self.type, self.total, self.self)
        return _MARK + sum(column + 2 for column in columns if column)


def widths_of(rows: Sequence[TreeRow], width: int, *, is_carried: bool = False) -> Widths:
    """Measure the columns; the names give way when the line gets too long, paths never do.

    In a narrow terminal there is no column of types, and one of self times only where they fit.
    With code that was carried from the run, what became of it takes the place of self times.
    """
    fitted = Widths(
        name=_widest((row.rails + row.name + row.suffix for row in rows), 31),
        type=min(_widest((row.type for row in rows), 10), _WIDEST_TYPE),
        total=_widest((row.total for row in rows), 6),
        self=0 if is_carried else _widest((row.self for row in rows), 7),
        code=_code_width(rows),
        is_carried=is_carried,
    )
    if width >= _NARROW:
        return _shrunk(fitted, rows, width)
    fitted = replace(fitted, type=0, code=0)
    shrunk = _shrunk(fitted, rows, width)
    longest = max((_after_code(row, shrunk) for row in rows), default=0)
    fits = shrunk.before_code + longest <= width
    return shrunk if fits else _shrunk(replace(fitted, self=0), rows, width)


def _shrunk(fitted: Widths, rows: Sequence[TreeRow], width: int) -> Widths:
    longest = max((_after_code(row, fitted) for row in rows), default=0)
    too_much = max(0, fitted.before_code + longest - width)
    least = _widest((row.rails + row.suffix for row in rows), _LEAST_NAME) + _LEAST_NAME
    return replace(fitted, name=max(min(fitted.name, least), fitted.name - too_much))


def header(widths: Widths) -> Line:
    """Write the section's name and the names of the columns."""
    before_total = widths.before_code - (widths.self + 2 if widths.self else 0) - 2
    titles = pad_left("total", before_total - len("SPANS")) + _own("self", widths)
    code = pad("code now", widths.code) + f"{_GAP}since the trace" if widths.is_carried else "code"
    return Segment("SPANS", "heading"), Segment(f"{titles}{_GAP}{code}", "dim")


def tree_line(row: TreeRow, widths: Widths) -> Line:
    """Lay out one row."""
    room = max(_LEAST_NAME, widths.name - cells(row.rails) - cells(row.suffix))
    name = cut_name(row.name, room)
    type_name = pad(cut_name(row.type, widths.type), widths.type) + _GAP if widths.type else ""
    filling = " " * max(0, widths.name - cells(row.rails + name + row.suffix))
    times = pad_left(row.total, widths.total) + _own(row.self, widths)
    return (
        Segment("? ", "warning") if row.unsure and row.severity is None else mark(row.severity),
        Segment(row.rails, "dim"),
        Segment(f"{name}{row.suffix}{filling}{_GAP}{type_name}{times}"),
        Segment(_GAP),
        *row.code,
        *_deviation(row, widths),
    )


def _own(text: str, widths: Widths) -> str:
    """Lay out a self time, where there is a column for it."""
    return _GAP + pad_left(text, widths.self) if widths.self else ""


def lines_below(row: TreeRow, widths: Widths) -> list[Line]:
    """Lay out what stands below a row."""
    return [(Segment(" " * (widths.before_code + 2)), *line) for line in row.after]


def _deviation(row: TreeRow, widths: Widths) -> Line:
    if not (row.note or row.qualified_name):
        return ()
    gap = " " * (max(0, widths.code - cells(text_of(row.code))) + 2)
    named = row.qualified_name + (_GAP if row.qualified_name and row.note else "")
    return Segment(gap + named), Segment(row.note, "dim")


def _code_width(rows: Sequence[TreeRow]) -> int:
    named = any(row.qualified_name for row in rows)
    lined_up = [text_of(row.code) for row in rows if row.note or row.qualified_name]
    return _widest(lined_up, 0 if named else 23)


def _after_code(row: TreeRow, widths: Widths) -> int:
    return cells(text_of(row.code)) + sum(cells(s.text) for s in _deviation(row, widths))


def _widest(texts: Iterable[str], least: int) -> int:
    return max(least, max(map(cells, texts), default=0))
