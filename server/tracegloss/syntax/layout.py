"""The text of definitions without layout: a hash that formatters leave alone.

Formatters change white space, comments, quotes, trailing commas, redundant parentheses, line
joins and the seams of adjacent strings. What is left after taking those out, with a mark where a
block ends, is what the hash covers.
"""

from __future__ import annotations

import re
from itertools import pairwise

from tracegloss.digest import blake2b

# Marks written over white space; runs of one to eight block ends have one byte each.
_BLOCK_END = 1
_MOST_ENDS = 8
_KEPT_COMMA = 0x0E

# A quote that nothing closes takes the rest of its line: else each quote in it would be tried anew.
_STRING_OR_COMMENT = re.compile(
    rb'("""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    rb"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    rb'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    rb"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
    rb"|#[^\n\x01-\x08\x15]*"
    rb"|[\"'][^\n\x01-\x08\x15]*)",
    re.DOTALL,
)
# In code that is cut out of its text, a string is one byte and its prefix stands behind another.
_STRING = b"\x13"
# Stands where code was cut, and nowhere else in Python outside of strings.
_CUT = b"\x15"
_PREFIX = re.compile(rb"(?<![\w\x80-\xff])[rRbBuUfFtT]{1,2}\Z")
_PREFIX_LETTERS = frozenset(bytes((letter,)) for letter in b"rRbBuUfFtT")
_COMMENT = ord("#")
_MARKED_PREFIX = re.compile(rb"\x14[rbft]{1,2}\Z")
_ADJACENT = re.compile(rb"\x13(?:(?:\x14[rbft]{1,2})?\x13)+")
_MARKS = frozenset(b"\x13\x14")
_HOLE = re.compile(rb"\{\{|\}\}|\{(?:[^{}]|\{[^{}]*\})*\}")
_BRACES = frozenset((b"{{", b"}}"))
_TRIPLE = frozenset((b'"""', b"'''"))
_BEFORE_DOCSTRING = frozenset((b":", b"", b"\x01", _CUT))
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
# Both begin with a plain byte, which is found many times faster than what is not behind it.
_HEXADECIMAL = re.compile(rb"0(?<![\w.\x80-\xff]0)x[\w.]*")
_UPPER_CASE = re.compile(rb"0[XEJBOL]")
_NUMBER = re.compile(rb"(?<![\w.\x80-\xff])\.?\d[\w.]*")
_END_OF_NUMBER = re.compile(rb"(?<![\w.\x80-\xff])\.?0[\w.]*\Z")
_LONGEST_NUMBER = 80
_MANY_ENDS = [(bytes((number,)), b"\x01" * number) for number in range(2, _MOST_ENDS + 1)]
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
        pieces = _pieces_without_layout(self._pieces(cuts))
        number_of = {offset: number for number, offset in enumerate(cuts)}
        return [_hash(pieces[number_of[start] : number_of[end]]) for start, end in self._spans]

    def _pieces(self, cuts: list[int]) -> list[bytes]:
        """Cut the text; what stands between definitions is in no hash and left empty."""
        text = bytes(self._text)
        covered = 0
        pieces: list[bytes] = []
        ends = dict(sorted(self._spans))
        for start, end in pairwise(cuts):
            covered = max(covered, ends.get(start, 0))
            pieces.append(text[start:end] if start < covered else b"")
        return pieces


def _hash(pieces: list[bytes]) -> str:
    return blake2b(b"".join(pieces), digest_size=8).hexdigest()


def _pieces_without_layout(pieces: list[bytes]) -> list[bytes]:
    """Return pieces of code without layout.

    Done for a file at once, with a mark where it was cut: most pieces are short, and a call of
    each function for each would cost more than their work.
    """
    bare = _without_layout(_CUT.join(pieces))
    if len(bare) == len(pieces):
        return bare
    # A cut inside what looks like a string, such as a lambda in an f-string.
    return [b"".join(_without_layout(piece)) for piece in pieces]


def _without_layout(text: bytes) -> list[bytes]:
    """Return the pieces between cuts without layout, each string as one byte, then the strings."""
    parts = _STRING_OR_COMMENT.split(text)
    strings: list[bytes] = []
    for number in range(1, len(parts), 2):
        token, before = parts[number], parts[number - 1]
        if token[0] == _COMMENT:
            parts[number] = b""
            continue
        if token[0] != token[-1]:
            continue
        parts[number] = _STRING
        if before[-1:] in _PREFIX_LETTERS:
            parts[number - 1], prefix = _take_prefix(before)
            strings.append(_content(token, before, prefix))
        elif b"\\" in token or token[:3] in _TRIPLE:
            strings.append(_content(token, before, b""))
        else:
            strings.append(token[1:-1])
    code, strings = _without_seams(_bare(b"".join(parts)), strings)
    return _with_strings(code.split(_CUT), strings)


def _with_strings(pieces: list[bytes], strings: list[bytes]) -> list[bytes]:
    """Put behind each piece of code the strings that stand in it."""
    found: list[bytes] = []
    taken = 0
    for piece in pieces:
        end = taken + piece.count(_STRING)
        inside = b"\x1e" + b"\x1f".join(strings[taken:end]) if end > taken else b""
        found.append(piece + inside)
        taken = end
    return found


def _take_prefix(code: bytes) -> tuple[bytes, bytes]:
    """Return code with the prefix of the string behind it in order and marked, without `u`."""
    found = _PREFIX.search(code[-3:])
    if found is None:
        return code, b""
    letters = bytes(sorted(found[0].lower().replace(b"u", b"")))
    bare = code[: len(code) - len(found[0])]
    return (bare + b"\x14" + letters if letters else bare), letters


def _bare(code: bytes) -> bytes:
    if b"0x" in code:
        code = _HEXADECIMAL.sub(_in_lower_case, code)
    if _has_upper_case(code.translate(_ZEROS)):
        code = _NUMBER.sub(_in_lower_case, code)
    code = code.translate(None, _LAYOUT)
    code = code.replace(b",)", b")").replace(b",]", b"]").replace(b",}", b"}")
    for ends, written_out in _MANY_ENDS:
        code = code.replace(ends, written_out)
    return code


def _has_upper_case(zeros: bytes) -> bool:
    """Tell whether a number is written as `1E5`, `2J` or `0XFF`; all digits are zeros here."""
    return any(
        _END_OF_NUMBER.search(zeros, max(found.start() - _LONGEST_NUMBER, 0), found.end())
        for found in _UPPER_CASE.finditer(zeros)
    )


def _in_lower_case(found: re.Match[bytes]) -> bytes:
    return found[0].lower()


def _content(token: bytes, before: bytes, prefix: bytes) -> bytes:
    if len(token) >= 6 and token[:3] in _TRIPLE:
        content = token[3:-3]
        if before.rstrip()[-1:] in _BEFORE_DOCSTRING:
            content = b" ".join(content.split())
    else:
        content = token[1:-1]
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
    if _ADJACENT.search(code) is None:
        return code, strings
    kept: list[bytes] = []
    joined: list[bytes] = []
    position = taken = 0
    for found in _ADJACENT.finditer(code):
        start, end = found.span()
        first = taken + code.count(_STRING, position, start)
        last = first + code.count(_STRING, start, end)
        joined += strings[taken:first]
        joined.append(b"".join(strings[first:last]))
        opening = _MARKED_PREFIX.search(code, max(position, start - 3), start)
        opened = start if opening is None else opening.start()
        letters = bytes(sorted(set(code[opened:end]) - _MARKS))
        kept += (code[position:opened], b"\x14" + letters if letters else b"", _STRING)
        position, taken = end, last
    return b"".join([*kept, code[position:]]), joined + strings[taken:]
