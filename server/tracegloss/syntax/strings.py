"""The values of string and number literals, and the templates of `%` and `.format`; pure text."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_OPENING = re.compile(rb"""([rRbBuUfFtT]*)(\"\"\"|'''|"|')""")
_ESCAPE = re.compile(
    r"\\(\r\n|[0-7]{1,3}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|N\{[^}]+\}|.)", re.DOTALL
)
_SIMPLE = {
    "\n": "", "\r": "", "\r\n": "", "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b",
    "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip

# printf-style: https://docs.python.org/3/library/stdtypes.html#printf-style-string-formatting
_PERCENT = re.compile(
    r"%(?:\((?P<key>[^)]*)\))?[-#0 +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?(?P<as>.)"
)
_LARGEST = 2**63 - 1


class Opening(NamedTuple):
    """How a string literal starts: its prefix in lower case, and the length of its quotes."""

    prefix: str
    n_prefix: int
    n_quotes: int


class Hole(NamedTuple):
    """A hole of a `%` or `.format` template, by key or 0-based number; `rest` is `.a` or `[0]`."""

    key: str | int
    rest: str = ""


def opening(literal: bytes) -> Opening:
    """Read the prefix and quotes of a string literal."""
    found = _OPENING.match(literal)
    if found is None:
        return Opening("", 0, 1)
    return Opening(found[1].decode().lower(), len(found[1]), len(found[2]))


def string_text(content: bytes, *, raw: bool) -> str | None:
    """Return the text between the quotes of a literal; `None` for text no store can keep."""
    text = content.decode("utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if raw or "\\" not in text:
        return text
    text = _ESCAPE.sub(_unescaped, text)
    # Lone surrogates are valid in Python, but in no encoding.
    return text if text.isascii() or not _SURROGATE.search(text) else None


_SURROGATE = re.compile("[\ud800-\udfff]")


def _unescaped(found: re.Match[str]) -> str:
    body = found[1]
    if body in _SIMPLE:
        return _SIMPLE[body]
    first = body[0]
    if first in "01234567":
        return chr(int(body, 8))
    if first in "xuU" and len(body) > 1:
        code = int(body[1:], 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    if first == "N" and len(body) > 1:
        return _named(body[2:-1])
    return found[0]


def _named(name: str) -> str:
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return "\ufffd"


def number(text: str) -> int | float | None:
    """Return the value of a number literal; `None` for complex and for what 64 bits do not hold."""
    if "." in text:
        return _float(text)
    try:
        value = int(text, 0)
    except ValueError:
        return _float(text)
    return value if value <= _LARGEST else None


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        # `0777` and `10L` of Python 2, `1j`, and integers of more digits than Python converts.
        return None


def percent_pieces(template: str) -> tuple[str | Hole, ...]:
    """Split a `%` template into texts and holes; `%%` is text."""
    pieces: list[str | Hole] = []
    end = 0
    number_of_hole = 0
    for found in _PERCENT.finditer(template):
        pieces.append(template[end : found.start()])
        end = found.end()
        if found["as"] == "%":
            pieces.append("%")
        elif found["key"] is not None:
            pieces.append(Hole(found["key"]))
        else:
            pieces.append(Hole(number_of_hole))
            number_of_hole += 1
    pieces.append(template[end:])
    return tuple(pieces)


def format_pieces(template: str) -> tuple[str | Hole, ...]:
    """Split a `str.format` template into texts and holes; `{{` and `}}` are text."""
    pieces: list[str | Hole] = []
    position = 0
    number_of_hole = 0
    while position < len(template):
        character = template[position]
        if template[position : position + 2] in {"{{", "}}"}:
            pieces.append(character)
            position += 2
        elif character == "{":
            end = _end_of_field(template, position)
            hole = _field(template[position + 1 : end], number_of_hole)
            number_of_hole += hole.key == number_of_hole
            pieces.append(hole)
            position = end + 1
        else:
            end = _next_brace(template, position + 1)
            pieces.append(template[position:end])
            position = end
    return tuple(pieces)


def _next_brace(template: str, start: int) -> int:
    found = [at for at in (template.find("{", start), template.find("}", start)) if at >= 0]
    return min(found, default=len(template))


def _end_of_field(template: str, start: int) -> int:
    depth = 0
    for position in range(start, len(template)):
        depth += {"{": 1, "}": -1}.get(template[position], 0)
        if depth == 0:
            return position
    return len(template)


def _field(text: str, number_of_hole: int) -> Hole:
    name = re.split("[!:]", text, maxsplit=1)[0]
    first = re.split(r"[.\[]", name, maxsplit=1)[0]
    rest = name[len(first) :]
    if not first:
        return Hole(number_of_hole, rest)
    return Hole(int(first) if first.isascii() and first.isdigit() else first, rest)
