"""Cuts long text and says how much is missing: `the beginning … +174`."""

from __future__ import annotations

import json
import re

from tracegloss.wording.columns import cells
from tracegloss.wording.printable import one_line

_LOOKS_LIKE_JSON = re.compile(r"[\[{\"]|-?\d[\d.eE+-]*$|(?:true|false|null|NaN|-?Infinity)$")


def cut(text: str, room: int) -> str:
    """Keep the beginning of a text within `room` terminal columns, the mark of the cut included.

    Returns the text as it is when it fits; the number after `+` counts code points left out.
    """
    if len(text) <= room and cells(text) <= room:
        return text
    kept = _fitting(text, room - len(_mark(len(text))))
    return text[:kept].rstrip() + _mark(len(text) - kept)


def cut_quoted(text: str, room: int) -> str:
    r"""Write a text in quotes on one line, escapes as in JSON (`\n`, `\"`), cut to `room` columns.

    A cut text has no closing quote; the number after `+` counts code points of `text` left out.
    """
    if len(text) <= room:
        whole = one_line(json.dumps(text, ensure_ascii=False))
        if cells(whole) <= room:
            return whole
    left = room - 1 - len(_mark(len(text)))
    pieces = ['"']
    kept = 0
    for character in text:
        piece = one_line(json.dumps(character, ensure_ascii=False)[1:-1])
        left -= cells(piece)
        if left < 0:
            break
        pieces.append(piece)
        kept += 1
    return "".join(pieces).rstrip() + _mark(len(text) - kept)


def cut_prose(text: str, room: int) -> str:
    """Write a text as it reads, on one line without quotes, cut to `room` columns.

    What would be taken for another value, such as `3` or an empty text, keeps its quotes.
    """
    flat = " ".join(text.split())
    if not flat or _LOOKS_LIKE_JSON.match(flat):
        return cut_quoted(text, room)
    return cut(one_line(flat), room)


def cut_name(name: str, room: int) -> str:
    """Shorten a name to `room` columns by taking out its middle: `very_long…_name`."""
    if cells(name) <= room:
        return name
    tail = name[-(room // 3) :] if room >= 12 else ""
    kept = _fitting(name, room - cells(tail) - 1)
    return f"{name[:kept]}…{tail}"


def cut_bytes(text: str, limit: int) -> str:
    """Keep as many whole characters from the beginning as fit into `limit` UTF-8 bytes."""
    if len(text) * 4 <= limit:
        return text
    encoded = text[:limit].encode("utf-8", "replace")
    return encoded[:limit].decode("utf-8", "ignore")


def _mark(missing: int) -> str:
    return f" … +{missing}"


def _fitting(text: str, room: int) -> int:
    for number, character in enumerate(text):
        room -= cells(character)
        if room < 0:
            return number
    return len(text)
