"""The text of definitions without layout: a hash that formatters leave alone.

Formatters change white space, comments, quotes, trailing commas, redundant parentheses, line
joins and the seams of adjacent strings. What is left after taking those out, with a mark where a
block ends, is what the hash covers.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from hashlib import blake2b
from itertools import pairwise

# Marks written over white space; runs of one to eight block ends have one byte each.
_BLOCK_END = 1
_MOST_ENDS = 8
_KEPT_COMMA = 0x0E

_STRING_OR_COMMENT = re.compile(
    rb'("""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    rb"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    rb'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    rb"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
    rb"|#[^\n\x01-\x08]*)",
    re.DOTALL,
)
# In code that is cut out of its text, a string is one byte and its prefix stands behind another.
_STRING = b"\x13"
_PREFIX = re.compile(rb"(?<![\w\x80-\xff])[rRbBuUfFtT]{1,2}\Z")
_PREFIX_LETTERS = frozenset(b"rRbBuUfFtT")
_COMMENT = ord("#")
_LITERALS = re.compile(rb"(?:(?:\x14[rbft]{1,2})?\x13)+")
_SEAM = re.compile(rb"\x13(?:\x14[rbft]{1,2})?\x13")
_HOLE = re.compile(rb"\{\{|\}\}|\{(?:[^{}]|\{[^{}]*\})*\}")
_BRACES = frozenset((b"{{", b"}}"))
_TRIPLE = frozenset((b'"""', b"'''"))
_BEFORE_DOCSTRING = frozenset((b":", b"", b"\x01"))
_TELLING = re.compile(rb"\d[XEJBOL]|\d[xX][0-9a-f]*[A-F]")
_NUMBER = re.compile(rb"(?<![\w.\x80-\xff])\.?\d[\w.]*")
_MANY_ENDS = re.compile(rb"[\x02-\x08]")
_LAYOUT = b" \t\r\n\f\v\\;"


class Layout:
    """Collects what is layout in one text while its tree is read, then hashes definitions."""

    __slots__ = ("_spans", "_text")

    def __init__(self, source: bytes) -> None:
        self._text = bytearray(source)
        self._text += b"\n\n"
        self._spans: list[tuple[int, int]] = []

    def drop(self, start: int, end: int) -> None:
        """Take the first and the last byte of a range out: a pair of redundant parentheses."""
        self._text[start] = 0x20
        self._text[end - 1] = 0x20

    def keep_comma(self, offset: int) -> None:
        """Keep a comma before a closing parenthesis: the one that makes a tuple of one."""
        self._text[offset] = _KEPT_COMMA

    def end_block(self, offset: int) -> None:
        """Mark that a block ends before the byte at `offset`."""
        text = self._text
        if text[offset] == _COMMENT:
            offset = text.index(b"\n", offset)
        here = text[offset]
        if here <= _MOST_ENDS:
            text[offset] = min(here + 1, _MOST_ENDS)
        elif here in b" \t\r\n\f\v;\\":
            text[offset] = _BLOCK_END

    def add(self, start: int, end: int) -> int:
        """Ask for the hash of a range of bytes; returns its number in `hashes`."""
        self._spans.append((start, end))
        return len(self._spans) - 1

    def hashes(self) -> list[str]:
        """Return the hash of every range asked for, as 16 hex digits."""
        cuts = sorted({offset for span in self._spans for offset in span})
        text = bytes(self._text)
        covered = 0
        pieces: list[bytes] = []
        ends = dict(sorted(self._spans))
        for start, end in pairwise(cuts):
            covered = max(covered, ends.get(start, 0))
            # What stands between definitions is in no hash.
            pieces.append(_without_layout(text[start:end]) if start < covered else b"")
        return [
            _hash(pieces[bisect_left(cuts, start) : bisect_left(cuts, end)])
            for start, end in self._spans
        ]


def _hash(pieces: list[bytes]) -> str:
    return blake2b(b"".join(pieces), digest_size=8).hexdigest()


def _without_layout(text: bytes) -> bytes:
    """Return code without layout, each string as one byte, and after it the strings."""
    parts = _STRING_OR_COMMENT.split(text)
    if len(parts) == 1:
        return _bare(text)
    strings: list[bytes] = []
    kept = [parts[0]]
    for number in range(1, len(parts), 2):
        token = parts[number]
        if token[0] != _COMMENT:
            before = parts[number - 1]
            prefix = b""
            if before and before[-1] in _PREFIX_LETTERS:
                prefix = _take_prefix(kept)
            kept.append(_STRING)
            strings.append(_content(token, before, prefix))
        kept.append(parts[number + 1])
    code = _bare(b"".join(kept))
    if _SEAM.search(code):
        code, strings = _without_seams(code, strings)
    return code + b"\x1e" + b"\x1f".join(strings) if strings else code


def _take_prefix(kept: list[bytes]) -> bytes:
    """Put the prefix of a string, without `u`, in order and marked; return it."""
    found = _PREFIX.search(kept[-1][-3:])
    if found is None:
        return b""
    code = kept.pop()
    letters = bytes(sorted(found[0].lower().replace(b"u", b"")))
    kept.append(code[: len(code) - len(found[0])])
    if letters:
        kept.append(b"\x14" + letters)
    return letters


def _bare(code: bytes) -> bytes:
    if _TELLING.search(code):
        code = _NUMBER.sub(lambda number: number[0].lower(), code)
    code = code.translate(None, _LAYOUT)
    code = code.replace(b",)", b")").replace(b",]", b"]").replace(b",}", b"}")
    return _MANY_ENDS.sub(lambda ends: b"\x01" * ends[0][0], code)


def _content(token: bytes, before: bytes, prefix: bytes) -> bytes:
    quotes = 3 if len(token) >= 6 and token[:3] in _TRIPLE else 1
    content = token[quotes : len(token) - quotes]
    if quotes == 3 and before.rstrip()[-1:] in _BEFORE_DOCSTRING:
        content = b" ".join(content.split())
    if prefix and b"{" in content and (b"f" in prefix or b"t" in prefix):
        content = _HOLE.sub(_plain_hole, content)
    if b"\\" in content:
        content = content.replace(b"\\'", b"'").replace(b'\\"', b'"')
    return content


def _plain_hole(found: re.Match[bytes]) -> bytes:
    hole = found[0]
    return hole if hole in _BRACES else hole.translate(None, _LAYOUT).replace(b"'", b'"')


def _without_seams(code: bytes, strings: list[bytes]) -> tuple[bytes, list[bytes]]:
    """Join adjacent literals, as formatters may."""
    joined: list[bytes] = []
    taken = 0

    def join(found: re.Match[bytes]) -> bytes:
        nonlocal taken
        run = found[0]
        if run == _STRING:
            joined.append(strings[taken])
            taken += 1
            return run
        end = taken + run.count(_STRING)
        joined.append(b"".join(strings[taken:end]))
        taken = end
        letters = bytes(sorted(set(run) - set(b"\x13\x14")))
        return (b"\x14" + letters if letters else b"") + _STRING

    return _LITERALS.sub(join, code), joined
