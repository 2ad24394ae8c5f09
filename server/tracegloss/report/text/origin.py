"""The section ORIGIN OF THE OUTPUT: which spans the words of the answer came from."""

from __future__ import annotations

from msgspec import Struct

from tracegloss.model.finding import OriginPart, OutputOrigin
from tracegloss.model.site import Place
from tracegloss.report.counting import count
from tracegloss.report.naming import site_of_span, span_name
from tracegloss.report.origin import shown_origin
from tracegloss.report.text.segments import Line, Segment, path
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.columns import cells, pad
from tracegloss.wording.cutting import cut, cut_quoted
from tracegloss.wording.display import Display
from tracegloss.wording.places import place_label

_MOST_SOURCES = 8
_SAMPLE_ROOM = 48


class OriginRow(Struct, frozen=True):
    """Characters of the output that share one source."""

    n_characters: int
    words: str
    place: Place | None


def origin_rows(on_code: TraceOnCode, display: Display, origin: OutputOrigin) -> list[OriginRow]:
    """Add up the stretches by source, largest first; they sum to the output's length."""
    sources: dict[tuple[object, ...], list[OriginPart]] = {}
    for part in origin.parts:
        sources.setdefault((part.span_id, part.how, part.document), []).append(part)
    rows = [_row(on_code, display, parts) for parts in sources.values()]
    rows.sort(key=lambda row: -row.n_characters)
    missing = origin.text_length - sum(row.n_characters for row in rows)
    if missing > 0:
        rows.append(OriginRow(missing, "found in no earlier span's output", None))
    return rows


def origin_section(on_code: TraceOnCode, display: Display, width: int) -> list[Line]:
    """Write the sources of the output with their shares; nothing without an origin."""
    origin = shown_origin(on_code, display)
    if origin is None or not origin.parts:
        return []
    length = count(origin.text_length, "character")
    lines: list[Line] = [(Segment("ORIGIN OF THE OUTPUT", "heading"), Segment(f"  {length}"))]
    found = origin_rows(on_code, display, origin)
    rows = found[:_MOST_SOURCES]
    digits = max(5, *(len(f"{row.n_characters:,}") for row in rows))
    paths = [cells(place_label(row.place)) for row in rows if row.place is not None]
    room = max(30, width - digits - 13 - max(paths, default=0))
    words = {row: cut(row.words, room) for row in rows}
    column = max(cells(text) for text in words.values())
    for row in rows:
        share = f"{_percent(row.n_characters, origin.text_length):>3} %"
        figures = Segment(f"  {row.n_characters:>{digits},}  {share}  ")
        place: Line = path(row.place) if row.place is not None else ()
        lines.append((figures, Segment(pad(words[row], column) + "  "), *place))
    return [*lines, *_others(found[_MOST_SOURCES:])]


def _others(rows: list[OriginRow]) -> list[Line]:
    if not rows:
        return []
    n_characters = sum(row.n_characters for row in rows)
    words = f"  {count(n_characters, 'character')} from {count(len(rows), 'more source')}"
    return [(Segment(words, "dim"),)]


def _row(on_code: TraceOnCode, display: Display, parts: list[OriginPart]) -> OriginRow:
    first = parts[0]
    name = span_name(on_code, display, first.span_id)
    if first.how == "copied":
        document = display.line(first.document, 60) if first.document is not None else ""
        words = f"copied from {name}" + (f", document {document}" if document else "")
    else:
        words = f"added by {name}: {cut_quoted(display.text(first.text), _SAMPLE_ROOM)}"
    site = site_of_span(on_code, first.span_id)
    n_characters = sum(part.end - part.start for part in parts)
    return OriginRow(n_characters, words, None if site is None else site.at)


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
