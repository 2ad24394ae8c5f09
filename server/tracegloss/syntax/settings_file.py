"""YAML files of settings, as agent projects have them: mappings of texts, by a reader of its own.

What names need is a small part of YAML 1.2: block mappings, plain, quoted and block scalars. All
else (lists, flow style, anchors, tags, typed scalars) is there without being told. A whole parser
would be the slowest thing in a start, and knows ways to grow a small file beyond any bound.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TypeAlias

from tracegloss.matcher import matcher
from tracegloss.syntax.facts import Assignment, Constant, Entries, Expression, FileFacts, Opaque

_UNTOLD = Opaque("")
_MAX_DEPTH = 8
_MODULE = -1
# What a key ends with is told, so that a line of spaces is not read from each of them anew.
_KEY = matcher(
    r"""("[^"\\]*"|'[^']*'|[^\s#'"\[\]{}&*!|>%@`,?-](?:[^:#]*[^:#\s])?)[ \t]*:(?:[ \t]+(.*))?$"""
)
_TYPED = matcher(
    r"(?i)(?:~|null|true|false|yes|no|on|off|[-+]?(?:\.?[0-9][0-9_.,:eE+-]*|\.inf|\.nan)|0[xo]\w+)?"
)
_BLOCK = matcher(r"([|>])([-+]?)(?:[ \t]+#.*)?")
_COMMENT = matcher(r"(?:^|[ \t])#.*")

Line: TypeAlias = tuple[int, int, str]
"""A line's 0-based number, how far it is indented, and its text."""


def extract_settings(data: bytes) -> FileFacts:
    """Extract the facts of a YAML file, each key of its outermost mapping as a name; never raises.

    Values are dict displays of texts, `Opaque` where the file holds something else.
    """
    text = data.decode("utf-8-sig", "replace")
    rows = text.removesuffix("\n").split("\n")
    lines = [_line(number, row) for number, row in enumerate(rows)]
    first = next((line for line in lines if _is_told(line)), None)
    found = _Block(lines).entries(first[1], 0) if first is not None else ()
    assignments = (
        Assignment(key, value, _MODULE, line) for key, value, line in found if "." not in key
    )
    return FileFacts(assignments=tuple(assignments), n_lines=len(lines))


def _line(number: int, row: str) -> Line:
    text = row.rstrip("\r")
    return number, len(text) - len(text.lstrip(" ")), text


def _is_told(line: Line) -> bool:
    """Tell whether a line says anything: comments and marks of documents do not."""
    text = line[2].strip()
    return bool(text) and not text.startswith(("#", "---", "..."))


class _Block:
    """Goes through the lines of a file once; `_next` is the line that is looked at."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._next = 0

    def entries(self, indent: int, depth: int) -> tuple[tuple[str, Expression, int], ...]:
        """Read a mapping whose keys stand `indent` deep: keys, values, and lines of keys."""
        found: dict[str, tuple[Expression, int]] = {}
        while self._next < len(self._lines):
            line = self._lines[self._next]
            if _is_told(line) and line[1] < indent:
                break
            self._next += 1
            matched = _KEY.fullmatch(line[2][indent:]) if _is_told(line) else None
            if matched is not None and line[1] == indent:
                value = self._value((matched[2] or "").strip(), indent, depth)
                found[_unquoted(matched[1])] = value, line[0]
        return tuple((key, value, line) for key, (value, line) in found.items())

    def _value(self, rest: str, indent: int, depth: int) -> Expression:
        block = _BLOCK.fullmatch(rest)
        if block is not None:
            return Constant(_joined(list(self._deeper(indent)), block[1] == ">", block[2]))
        if not rest or rest.startswith("#"):
            return self._below(indent, depth)
        if rest[0] in "\"'":
            return _quoted([rest, *(text.strip() for text in self._deeper(indent))])
        more = [text.strip() for text in self._deeper(indent)]
        return _UNTOLD if rest[0] in "[]{}&*!|>%@`,?" else _plain([rest, *more])

    def _below(self, indent: int, depth: int) -> Expression:
        """Read what stands under a key: a mapping, else a text of its own lines."""
        rest = range(self._next, len(self._lines))
        first = next((self._lines[at] for at in rest if _is_told(self._lines[at])), None)
        if first is None or first[1] <= indent:
            return _UNTOLD
        text = first[2].strip()
        if _KEY.fullmatch(text) is not None and depth < _MAX_DEPTH:
            inner = self.entries(first[1], depth + 1)
            return Entries(tuple((Constant(key), value) for key, value, _ in inner))
        below = [each.strip() for each in self._deeper(indent)]
        told = [each for each in below if not each.startswith("#")]
        if text[0] in "\"'":
            return _quoted([each for each in told if each])
        return _UNTOLD if text[0] in "-[]{}&*!|>%@`,?" else _plain(told)

    def _deeper(self, indent: int) -> Iterator[str]:
        """Take the lines that are indented more, and empty ones among them."""
        taken: list[str] = []
        for at in range(self._next, len(self._lines)):
            _, own, text = self._lines[at]
            if text.strip() and own <= indent:
                break
            taken.append(text)
        self._next += len(taken)
        yield from taken


def _plain(lines: list[str]) -> Expression:
    """Fold a plain scalar; one that YAML reads as a number, a flag or nothing is not told."""
    first, *more = (_COMMENT.sub("", line).strip() for line in lines)
    text = _folded([first, *more])
    return _UNTOLD if _TYPED.fullmatch(text) else Constant(text)


def _quoted(lines: list[str]) -> Expression:
    quote = lines[0][0]
    text = _folded(lines) if len(lines) > 1 else lines[0]
    end = _end_of(text, quote)
    if end < 0 or _COMMENT.sub("", text[end + 1 :]).strip():
        return _UNTOLD
    if quote == "'":
        return Constant(text[1:end].replace("''", "'"))
    try:
        told = json.loads(text[: end + 1], strict=False)
    except ValueError:  # an escape that JSON does not have
        return _UNTOLD
    return Constant(told) if isinstance(told, str) else _UNTOLD


def _end_of(text: str, quote: str) -> int:
    """Find the quote that closes a text, -1 when none does."""
    position = 1
    while position < len(text):
        if quote == '"' and text[position] == "\\":
            position += 1
        elif text[position] == quote:
            if quote == '"' or text[position + 1 : position + 2] != quote:
                return position
            position += 1
        position += 1
    return -1


def _unquoted(key: str) -> str:
    return key[1:-1] if key[:1] in {'"', "'"} else key


def _folded(lines: list[str]) -> str:
    """Join lines as YAML folds them: a break is a space, an empty line a break."""
    text, breaks = lines[0], 0
    for line in lines[1:]:
        if not line:
            breaks += 1
            continue
        text += ("\n" * breaks or " ") + line
        breaks = 0
    return text


def _joined(lines: list[str], is_folded: bool, chomping: str) -> str:
    """Put a block scalar together: `|` keeps its breaks, `>` folds all but indented lines."""
    deep = min((len(t) - len(t.lstrip(" ")) for t in lines if t.strip()), default=0)
    own = [text[deep:].rstrip("\n") for text in lines]
    while own and not own[-1].strip():
        own.pop()
    n_last = len(lines) - len(own)
    text, before, breaks = "", "", 0
    for line in own:
        if not line.strip():
            breaks += 1
            continue
        if not before:
            text += "\n" * breaks
        elif is_folded and before[0] not in " \t" and line[0] not in " \t":
            text += "\n" * breaks or " "
        else:
            text += "\n" * (breaks + 1)
        text += line
        before, breaks = line, 0
    last = {"-": "", "+": "\n" * (n_last + 1)}.get(chomping, "\n")
    return text + last if text else text
