"""Takes the markup out of our own Markdown, for a terminal that renders none."""

from __future__ import annotations

import re

from tracegloss.ide.hover import GAP
from tracegloss.report.text.segments import Line, Segment, paragraph, plain

# What `wording.markup` and the hover write, and nothing else: code spans, escapes, emphasis.
_MARKUP = re.compile(
    r"(?P<ticks>`+)(?P<code>.*?[^`])(?P=ticks)(?!`)"
    r"|\\(?P<escaped>[\\`*_\[\]#!|~&@<>])|(?P<entity>&lt;|&amp;)|\*+"
)
_ENTITIES = {"&lt;": "<", "&amp;": "&"}
_FENCE = re.compile(r"(`{3,})text")
_QUOTE = "> "
_MARKS = {
    "✗ ": Segment("✗ ", "error"),
    "⚠ ": Segment("! ", "warning"),
    "\u2139 ": Segment("i ", "information"),
    "▫ ": Segment("· ", "dim"),
}


def readable(markdown: str, width: int) -> list[Line]:
    """Turn Markdown of ours into lines: prose wrapped at `width`, what is fenced as it is."""
    lines: list[Line] = []
    fence = ""
    for row in markdown.rstrip("\n").split("\n"):
        opened = None if fence else _FENCE.fullmatch(row)
        if opened is not None:
            fence = opened[1]
        elif fence and row == fence:
            fence = ""
        elif fence:
            lines.append(plain(f"  {row}"))
        else:
            lines += _prose(row, width)
    return _without_double_gaps(lines)


def _prose(row: str, width: int) -> list[Line]:
    if not row:
        return [plain("")]
    mark = _MARKS.get(row[:2])
    indent = 2 if mark is not None or row.startswith(_QUOTE) else 0
    text = _MARKUP.sub(_unmarked, row[indent:].replace(GAP, "  "))
    return paragraph(text, width, indent, first=None if mark is None else (mark,))


def _unmarked(found: re.Match[str]) -> str:
    if found["ticks"]:
        code = found["code"]
        padded = code.startswith(" ") and code.endswith(" ") and len(code) > 2
        return code[1:-1] if padded else code
    return found["escaped"] or _ENTITIES.get(found["entity"] or "", "")


def _without_double_gaps(lines: list[Line]) -> list[Line]:
    empty = plain("")
    pairs = zip([None, *lines], lines, strict=False)
    return [line for before, line in pairs if line != empty or before != empty]
