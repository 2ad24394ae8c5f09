"""The bytes of a Python file as the UTF-8 text that everything else counts in."""

from __future__ import annotations

import codecs
import re

import msgspec

# https://docs.python.org/3/reference/lexical_analysis.html#encoding-declarations
_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:#.*)?$")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Source(msgspec.Struct, frozen=True):
    """UTF-8 bytes without a byte order mark; `problem` says what of the file could not be kept."""

    text: bytes
    problem: str | None = None


def read_source(raw: bytes) -> Source:
    """Convert a file into UTF-8 as Python would read it; never raises.

    A byte order mark goes, a declared encoding (PEP 263) is honored, and what cannot be decoded
    becomes U+FFFD. Lines stay as they are, so positions count as in Python and in editors.
    """
    if raw.startswith(_UTF16):
        return _decoded(raw, "utf-16")
    marked = raw.startswith(codecs.BOM_UTF8)
    text = raw[len(codecs.BOM_UTF8) :] if marked else raw
    encoding = "utf-8" if marked else _declared_encoding(text)
    return _without_nul(_decoded(text, encoding))


def _declared_encoding(text: bytes) -> str:
    for line in text[:2000].split(b"\n", 2)[:2]:
        cookie = _COOKIE.match(line)
        if cookie is not None:
            return cookie[1].decode("ascii", "replace").lower().replace("_", "-")
        if _BLANK.match(line.rstrip(b"\r")) is None:
            break
    return "utf-8"


def _decoded(text: bytes, encoding: str) -> Source:
    if encoding in {"utf-8", "utf8", "ascii"} and text.isascii():
        return Source(text)
    try:
        return Source(text.decode(encoding).encode())
    except LookupError:
        kept = text.decode("utf-8", "replace").encode()
        return Source(kept, f"unknown encoding {encoding[:40]!r}")
    except (ValueError, OverflowError) as failure:
        kept = text.decode("utf-8", "replace").encode()
        return Source(kept, f"not {encoding[:40]}: {_at_byte(failure, text)}")


def _at_byte(failure: Exception, text: bytes) -> str:
    if not isinstance(failure, UnicodeDecodeError):
        return "cannot be decoded"
    line = text.count(b"\n", 0, failure.start) + 1
    return f"byte 0x{failure.object[failure.start]:02x} in line {line}"


def _without_nul(source: Source) -> Source:
    if b"\0" not in source.text:
        return source
    line = source.text.count(b"\n", 0, source.text.index(b"\0")) + 1
    return Source(source.text.replace(b"\0", b" "), source.problem or f"NUL in line {line}")
