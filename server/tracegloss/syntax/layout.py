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
_PREFIX = re.compile(rb"(?<![\w\x80-\xff])[rRbBuUfFtT]{1,2}\Z")
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
        if text[offset] == 0x23:
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
        pieces = [_without_layout(text[start:end]) for start, end in pairwise(cuts)]
        return [
            _hash(pieces[bisect_left(cuts, start) : bisect_left(cuts, end)])
            for start, end in self._spans
        ]


def _hash(pieces: list[bytes]) -> str:
    return blake2b(b"".join(pieces), digest_size=8).hexdigest()


def _without_layout(text: bytes) -> bytes:
    kept: list[bytes] = []
    code: list[bytes] = []
    parts = _STRING_OR_COMMENT.split(text)
    prefix = b""
    for number in range(0, len(parts), 2):
        code.append(parts[number])
        if number + 1 == len(parts):
            break
        token = parts[number + 1]
        if token[0] == 0x23:
            continue
        prefix = _flush(code, kept)
        _add_string(kept, prefix, token)
    _flush(code, kept)
    return b"".join(kept)


def _flush(code: list[bytes], kept: list[bytes]) -> bytes:
    """Move pieces of code to what is kept; returns the prefix of the string that follows."""
    text = code[0] if len(code) == 1 else b"\n".join(code)
    code.clear()
    found = _PREFIX.search(text, max(0, len(text) - 3))
    prefix = b""
    if found is not None:
        prefix = bytes(sorted(found[0].lower().replace(b"u", b"")))
        text = text[: found.start()]
    if any(letter in text for letter in (b"0X", b"E", b"J", b"0B", b"0O")):
        text = _NUMBER.sub(lambda number: number[0].lower(), text)
    text = text.translate(None, _LAYOUT)
    if text:
        text = text.replace(b",)", b")").replace(b",]", b"]").replace(b",}", b"}")
        kept.append(_MANY_ENDS.sub(lambda ends: b"\x01" * ends[0][0], text))
    return prefix


def _add_string(kept: list[bytes], prefix: bytes, token: bytes) -> None:
    quotes = 3 if len(token) >= 6 and token[:3] in {b'"""', b"'''"} else 1
    content = token[quotes : len(token) - quotes]
    if quotes == 3 and (not kept or kept[-1].endswith((b":", b"\x01"))):
        content = b" ".join(content.split())
    if b"\\" in content and b"r" not in prefix:
        content = content.replace(b"\\'", b"'").replace(b'\\"', b'"')
    opening = b"\x11" + prefix + b"\x12"
    if kept and kept[-1][-1:] == b"\x13" and kept[-1].startswith(opening):
        kept[-1] = kept[-1][:-1] + content + b"\x13"
        return
    kept.append(opening + content + b"\x13")
