r"""Makes text safe to print: controls, terminal escapes and bidi overrides become visible.

What could move a cursor, reverse the reading order or hide text is written as an escape such as
`\x1b` or `\u202e`. Joiners inside emoji and scripts that need them stay.
"""

from __future__ import annotations

import re

from tracegloss.matcher import matcher

# C0, DEL and C1 controls; line and paragraph separators; marks, overrides and isolates of
# direction; invisible spaces and operators; tag characters; lone surrogates, which UTF-8 lacks.
_HIDDEN = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff"
)
_UNSAFE = matcher(f"[\n{_HIDDEN}]")
_UNSAFE_IN_BLOCK = matcher(f"[{_HIDDEN}]")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def one_line(text: str) -> str:
    r"""Make a text safe and one line: a line end becomes the two characters `\n`."""
    return _UNSAFE.sub(_escape, text)


def block(text: str) -> str:
    """Make a text safe and keep its lines; tabs become four spaces."""
    flat = text.replace("\r\n", "\n").replace("\t", "    ")
    return _UNSAFE_IN_BLOCK.sub(_escape, flat)


def json_safe(document: str) -> str:
    r"""Escape the same characters inside an encoded JSON document as JSON does, `\u202e`.

    Outside its strings a document has none of them but line ends between members, which stay.
    """
    return _UNSAFE_IN_BLOCK.sub(_json_escape, document)


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    named = _NAMED.get(character)
    if named is not None:
        return named
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
