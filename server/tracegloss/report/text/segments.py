"""Styled pieces of lines: what a report is before someone decides on colours and links."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from msgspec import Struct

from tracegloss.model.finding import Severity
from tracegloss.model.site import Place
from tracegloss.wording.columns import cells, pad, wrap
from tracegloss.wording.places import place_label

Style: TypeAlias = Literal["plain", "heading", "path", "dim", "error", "warning", "information"]


class Segment(Struct, frozen=True):
    """A piece of one line. `target` is the place a click may open; only our own places get one."""

    text: str
    style: Style = "plain"
    target: Place | None = None


Line: TypeAlias = tuple[Segment, ...]

EMPTY: Line = ()

_MARKS: dict[Severity, Segment] = {
    Severity.ERROR: Segment("✗", "error"),
    Severity.WARNING: Segment("!", "warning"),
    Severity.INFORMATION: Segment("i", "information"),
}


def mark(severity: Severity | None) -> Segment:
    """Return the mark column, two columns wide: `✗ `, `! `, `i ` or blank."""
    found = _MARKS.get(severity) if severity is not None else None
    return Segment("  ") if found is None else Segment(f"{found.text} ", found.style)


def path(place: Place, width: int = 0) -> tuple[Segment, ...]:
    """Return `path:line` as a link, filled with spaces to `width`; never cut."""
    label = place_label(place)
    filling = pad("", width - cells(label))
    linked = Segment(label, "path", place)
    return (linked, Segment(filling)) if filling else (linked,)


def plain(text: str) -> Line:
    """Make a line of one unstyled piece."""
    return (Segment(text),)


def paragraph(text: str, width: int, indent: int, *, first: Line | None = None) -> list[Line]:
    """Wrap a text at `width` after `indent` spaces, which `first` replaces on the first line.

    `first` must be `indent` columns wide.
    """
    blank = Segment(" " * indent)
    lines: list[Line] = [(blank, Segment(row)) for row in wrap(text, max(width - indent, 20))]
    if first is not None:
        lines[0] = (*first, *lines[0][1:])
    return lines


def flowing(
    items: Iterable[str], width: int, indent: int, *, first: Line | None = None
) -> list[Line]:
    """Join items with ` · ` and wrap between them; only an item longer than a line is broken."""
    room = max(width - indent, 20)
    rows: list[str] = []
    for item in items:
        joined = f"{rows[-1]} · {item}" if rows else item
        if not rows:
            rows = wrap(item, room)
        elif cells(joined) <= room:
            rows[-1] = joined
        else:
            rows[-1] += " ·"
            rows.extend(wrap(item, room))
    lines: list[Line] = [(Segment(" " * indent), Segment(row)) for row in rows]
    if first is not None and lines:
        lines[0] = (*first, *lines[0][1:])
    return lines


def text_of(line: Line) -> str:
    """Return a line's text without styles, and without spaces at its end."""
    return "".join(segment.text for segment in line).rstrip()
