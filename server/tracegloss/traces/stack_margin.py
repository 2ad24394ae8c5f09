"""Takes the drawn margins of exception groups off a printed traceback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from tracegloss.matcher import matcher

_GROUP_HEADER = matcher(r"( *)\+ Exception Group (Traceback \(most recent call last\):)")
_FIRST_MEMBER = matcher(r"( *)\+-\+-{3,} (?:\d+|\.\.\.) -{3,}")
_NEXT_MEMBER = matcher(r"( *)\+-{3,} (?:\d+|\.\.\.) -{3,}")
_GROUP_END = matcher(r"( *)\+-{3,}")
_MARGIN = matcher(r"( *)\| ?(.*)")


class Line(Struct, frozen=True):
    """A line without its margin, or the border between an exception group's members.

    `column` is where the margin was drawn, -1 for a line without one: it tells the depth, since
    only the innermost of several groups that end together has its end drawn.
    """

    kind: Literal["text", "members", "next member", "end"]
    column: int = -1
    content: str = ""


def without_margin(lines: list[str]) -> Iterator[Line]:
    """Read margins from the first exception group on; text before it is left as it is.

    A group that was never raised, or whose head was cut off, has no header: its first member tells.
    """
    in_group = _has_no_header(lines)
    for raw in lines:
        line = raw.rstrip("\r")
        header = _GROUP_HEADER.fullmatch(line)
        if header is not None:
            in_group = True
            yield Line("text", len(header[1]), header[2])
        else:
            yield _grouped(line) if in_group else Line("text", content=line)


def _has_no_header(lines: list[str]) -> bool:
    """Tell whether members of a group begin before any group's header."""
    for line in lines:
        if "+" in line:
            if _GROUP_HEADER.match(line):
                return False
            if _FIRST_MEMBER.match(line):
                return True
    return False


def _grouped(line: str) -> Line:
    if match := _FIRST_MEMBER.fullmatch(line):
        return Line("members", len(match[1]) + 2)
    if match := _NEXT_MEMBER.fullmatch(line):
        return Line("next member", len(match[1]))
    if match := _GROUP_END.fullmatch(line):
        return Line("end", len(match[1]))
    if match := _MARGIN.fullmatch(line):
        return Line("text", len(match[1]), match[2])
    return Line("text", content=line)
