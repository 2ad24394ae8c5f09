"""What is said when there is nothing to report on: where was looked, why, what to try."""

from __future__ import annotations

from msgspec import Struct

from tracegloss.report.text.segments import Line, Segment, paragraph
from tracegloss.wording.columns import pad
from tracegloss.wording.printable import one_line

_LABEL = 13
_COMMAND = 24


class EmptyState(Struct, frozen=True):
    """Words for a missing trace. All texts are our own or already redacted.

    `tries` pairs a command with what it gives; a command too long for its column has none.
    """

    headline: str
    looked_in: tuple[str, ...]
    because: tuple[str, ...]
    tries: tuple[tuple[str, str], ...]


def empty_state(state: EmptyState, width: int) -> list[Line]:
    """Lay out an empty state: headline, `looked in`, `because`, `try`."""
    return [
        (Segment(one_line(state.headline)),),
        *_column("looked in", state.looked_in, width),
        *_column("because", state.because, width),
        *_column("try", tuple(map(_attempt, state.tries)), width),
    ]


def _column(label: str, texts: tuple[str, ...], width: int) -> list[Line]:
    lines: list[Line] = []
    for number, text in enumerate(texts):
        first = (Segment(f"  {pad(label if number == 0 else '', _LABEL - 2)}"),)
        lines += paragraph(one_line(text), width, _LABEL, first=first)
    return lines


def _attempt(pair: tuple[str, str]) -> str:
    command, gives = pair
    return f"{pad(command, _COMMAND)} {gives}" if gives else command
