"""The rows `in` and `out` of a span's recorded values."""

from __future__ import annotations

from tracegloss.model.trace import Span
from tracegloss.report.text.segments import Line, Segment
from tracegloss.wording.columns import pad
from tracegloss.wording.display import Display
from tracegloss.wording.values import ValueRow, label_width, value_rows

_INDENT = 4
_SIDE = 6


def in_and_out(span: Span, display: Display, width: int) -> list[Line]:
    """Write inputs and outputs as far as they were recorded, a few cut rows each."""
    lines: list[Line] = []
    for side, recorded in (("in", span.inputs), ("out", span.outputs)):
        if recorded is not None:
            rows = value_rows(display.value(recorded), width - _INDENT - _SIDE)
            lines += _side(side, rows)
    return lines


def _side(side: str, rows: list[ValueRow]) -> list[Line]:
    labels = label_width(rows)
    lines: list[Line] = []
    for number, row in enumerate(rows):
        word = pad(side if number == 0 else "", _SIDE)
        label = f"{pad(row.label, labels)}  " if labels else ""
        lines.append((Segment(f"{' ' * _INDENT}{word}", "dim"), Segment(f"{label}{row.value}")))
    return lines
