"""Turns styled lines into what a terminal, a pipe or a file takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tracegloss.model.site import Place
from tracegloss.report.text.segments import Line, Segment, Style, text_of
from tracegloss.wording.printable import one_line

_CODES: dict[Style, str] = {
    "heading": "1",
    "path": "36",
    "dim": "2",
    "error": "31",
    "warning": "33",
    "information": "34",
}
# One column each where the tree and the tables need it.
_ASCII = str.maketrans(
    {
        "✗": "x", "│": "|", "├": "+", "└": "`", "─": "-", "·": "-", "…": "...", "→": "->",
        "«": "<<", "»": ">>", "\N{MULTIPLICATION SIGN}": "x", "¹": "*", "⋯": ":",
    }
)  # fmt: skip


def plain_text(lines: Iterable[Line], *, unicode: bool = True) -> str:
    """Join lines without styles; without `unicode`, ASCII stands in for every other character."""
    return "".join(f"{_safe(text_of(line), unicode=unicode)}\n" for line in lines)


def ansi_text(
    lines: Iterable[Line],
    *,
    address: Callable[[Place], str | None] | None = None,
    colour: bool = True,
    unicode: bool = True,
) -> str:
    """Join lines with ANSI colours and, where `address` knows one, OSC 8 links to places."""
    rendered = (
        "".join(_ansi(s, address, colour=colour, unicode=unicode) for s in line) for line in lines
    )
    return "".join(f"{line.rstrip(' ')}\n" for line in rendered)


def ascii_text(text: str) -> str:
    """Replace what ASCII lacks: marks and rails by likeness, the rest by escapes."""
    return text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")


def _ansi(
    segment: Segment,
    address: Callable[[Place], str | None] | None,
    *,
    colour: bool,
    unicode: bool,
) -> str:
    text = _safe(segment.text, unicode=unicode)
    code = _CODES.get(segment.style) if colour else None
    painted = f"\x1b[{code}m{text}\x1b[0m" if code and text.strip() else text
    target = address(segment.target) if address and segment.target else None
    return f"\x1b]8;;{_link(target)}\x1b\\{painted}\x1b]8;;\x1b\\" if target else painted


def _safe(text: str, *, unicode: bool) -> str:
    visible = one_line(text)
    return visible if unicode else ascii_text(visible)


def _link(address: str) -> str:
    return "".join(c for c in address if " " < c < "\x7f")
