"""Files in any encoding become UTF-8 text whose positions are those of the file."""

from __future__ import annotations

import codecs

import pytest

from tracegloss.syntax.extract import extract
from tracegloss.syntax.source import read_source

CASES: dict[str, tuple[bytes, str, str | None]] = {
    "utf-8": ("é = 1".encode(), "é = 1", None),
    "byte order mark": (codecs.BOM_UTF8 + b"a = 1", "a = 1", None),
    "latin-1 cookie": (b"# coding: latin-1\n'\xe9'", "# coding: latin-1\n'é'", None),
    "cookie in the second line": (
        b"#!x\n# vim: set fileencoding=cp1252 :\n'\x80'",
        "#!x\n# vim: set fileencoding=cp1252 :\n'€'", None),
    "no cookie in the third line": (b"\n\n# coding: latin-1\n", "\n\n# coding: latin-1\n", None),
    "no cookie after code": (b"a = 1\n# coding: nonsense\n", "a = 1\n# coding: nonsense\n", None),
    "undecodable": (b"a\n'\xe9'", "a\n'\ufffd'", "not utf-8: byte 0xe9 in line 2"),
    "wrong cookie": (
        b"# coding: ascii\n'\xe9'", "# coding: ascii\n'\ufffd'", "not ascii: byte 0xe9 in line 2"),
    "unknown encoding": (
        b"# coding: nonsense\na", "# coding: nonsense\na", "unknown encoding 'nonsense'"),
    "no text encoding": (b"# coding: rot13\na", "# coding: rot13\na", "unknown encoding 'rot13'"),
    "utf-16": ("a = 1".encode("utf-16"), "a = 1", None),
    "broken utf-16": (codecs.BOM_UTF16_LE + b"\x00\xd8a", "", "not utf-16"),
    "nul": (b"a\n\0b", "a\n b", "NUL in line 2"),
    "line ends stay": (b"a\r\nb\rc\x0cd\n", "a\r\nb\rc\x0cd\n", None),
}  # fmt: skip


@pytest.mark.parametrize("raw, text, problem", CASES.values(), ids=CASES)
def test_read_source(raw: bytes, text: str, problem: str | None) -> None:
    source = read_source(raw)
    assert (source.problem or "").startswith(problem or "")
    assert (source.problem is None) == (problem is None)
    if problem != "not utf-16":
        assert source.text.decode() == text


PLACES = {
    "after wide characters": ("x = 'é😀'; f()", (0, 10)),
    "windows line ends": ("a\r\n  \r\nf()", (2, 0)),
    "old mac line ends": ("a\rf()", (1, 0)),
    "form feed": ("\x0cf()", (0, 1)),
    "tab": ("if a:\n\tf()", (1, 1)),
}


@pytest.mark.parametrize("text, place", PLACES.values(), ids=PLACES)
def test_places_count_lines_and_code_points(text: str, place: tuple[int, int]) -> None:
    [call] = extract(text.encode()).calls
    assert (call.at.line, call.at.column) == place


def test_a_broken_file_keeps_what_is_whole() -> None:
    facts = extract(b"def f(): pass\nclass A(\n\ndef g():\n    return h()\n")
    assert "f" in {each.name for each in facts.definitions}
    assert facts.broken == "syntax not understood at line 2"


def test_a_file_larger_than_the_limit_is_not_read() -> None:
    assert extract(b"a = 1\n" * 700_000).broken == "larger than 4 MB"
