"""The section SPANS of a comparison: the merged tree with both times and what differs."""

from __future__ import annotations

from collections.abc import Sequence

from tracegloss.compare.alignment import Row
from tracegloss.compare.comparison import Comparison
from tracegloss.model.finding import Severity
from tracegloss.report.comparison.words import place_of, row_words, span_of, taken
from tracegloss.report.counting import count
from tracegloss.report.folding import DEEPEST_RAIL
from tracegloss.report.options import ReportOptions
from tracegloss.report.text.segments import Line, Segment, mark, path
from tracegloss.wording.columns import cells, pad, pad_left
from tracegloss.wording.cutting import cut_name
from tracegloss.wording.display import Display
from tracegloss.wording.places import place_label

ALL_SHOWN = 60
MOST_ROWS = 120
_TIME = 9
_LEAST_NAME = 24
_WIDEST_NAME = 44


def shown_rows(comparison: Comparison, *, everything: bool) -> list[int]:
    """Choose rows: all of a small tree, else those that differ with what lies above them."""
    numbers = list(range(len(comparison.rows)))
    if everything or len(numbers) <= ALL_SHOWN:
        return numbers
    kept: set[int] = set()
    above: list[int] = []
    for number, row in enumerate(comparison.rows):
        del above[row.depth :]
        above.append(number)
        if is_odd(comparison, number) and len(kept) < MOST_ROWS:
            kept.update(above)
    return sorted(kept or {0})


def is_odd(comparison: Comparison, number: int) -> bool:
    """Tell whether anything differs in a row."""
    row, found = comparison.rows[number], comparison.differences.get(number)
    return found is None or found.is_any or row.moved


def spans_section(comparison: Comparison, display: Display, options: ReportOptions) -> list[Line]:
    """Write one line a row, and how many are not shown."""
    chosen = shown_rows(comparison, everything=options.everything)
    names = {number: _name(comparison, display, comparison.rows[number]) for number in chosen}
    widest = max((cells(name) for name in names.values()), default=0)
    width = min(max(widest, _LEAST_NAME), _WIDEST_NAME)
    code = max((cells(label) for label in _labels(comparison, chosen)), default=0)
    lines = [_header(width)]
    lines += [_line(comparison, number, names[number], width, code) for number in chosen]
    hidden = len(comparison.rows) - len(chosen)
    if hidden:
        words = f"  … {count(hidden, 'more span')}, alike in both (--all shows them)"
        lines.append((Segment(words, "dim"),))
    return lines


def _header(width: int) -> Line:
    titles = pad_left("before", width + 2 + _TIME - len("SPANS")) + pad_left("after", _TIME + 1)
    return Segment("SPANS", "heading"), Segment(f"{titles}  code", "dim")


def _labels(comparison: Comparison, chosen: Sequence[int]) -> list[str]:
    places = (place_of(comparison, comparison.rows[number]) for number in chosen)
    return [place_label(place) for place in places if place is not None]


def _line(comparison: Comparison, number: int, name: str, width: int, code: int) -> Line:
    row = comparison.rows[number]
    old = None if row.before is None else comparison.before.tree.spans[row.before]
    new = None if row.after is None else comparison.after.tree.spans[row.after]
    times = f"{pad_left(taken(old), _TIME)} {pad_left(taken(new), _TIME)}"
    place = place_of(comparison, row)
    at = (Segment(pad("", code)),) if place is None else path(place, code)
    words = row_words(row, comparison.differences.get(number))
    first = "first difference: " if number == comparison.first else ""
    return (
        mark(_severity(comparison, number)),
        Segment(f"{pad(cut_name(name, width), width)}{times}  "),
        *at,
        Segment(f"  {first}{words}" if words else "", "dim"),
    )


def _severity(comparison: Comparison, number: int) -> Severity | None:
    found = comparison.differences.get(number)
    if found is not None and "fails" in found.changes:
        return Severity.ERROR
    return Severity.WARNING if number == comparison.first else None


def _name(comparison: Comparison, display: Display, row: Row) -> str:
    deeper = row.depth - DEEPEST_RAIL
    start = f"⋯{deeper} " if deeper > 0 else ""
    levels = "".join("│ " if goes_on else "  " for goes_on in row.rails[1:DEEPEST_RAIL])
    branch = ("└ " if row.is_last else "├ ") if row.depth else ""
    return f"{start}{levels}{branch}{display.name(span_of(comparison, row).name)}"
