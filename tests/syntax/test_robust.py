"""Nothing raises: any bytes and any damage to real code give facts that the store can keep."""

from __future__ import annotations

import inspect
import textwrap

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracegloss.syntax import bodies, magics, strings
from tracegloss.syntax.extract import extract
from tracegloss.syntax.facts import Extent, FileFacts
from tracegloss.syntax.notebook import extract_notebook
from tracegloss.syntax.source import read_source
from tracegloss.text import LineIndex

REAL = "\n".join(inspect.getsource(module) for module in (bodies, strings, magics))[:6000]
PIECES = ["(", ")", "[", "{", '"""', "'", "f'{", "\\\n", "\n", "    ", "\t", ":", "def ", "class ",
          "lambda", "@", "with ", "try:", "# MAGIC", "\0", "\x0c", "é😀", "*", ",", "else",
          "match x:", "yield","await ", ":=", "import ", "from . ", "\r"]  # fmt: skip


def check(raw: bytes, facts: FileFacts) -> None:
    """The facts hang together, lie within the text, and survive the store."""
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=FileFacts) == facts
    lines = LineIndex.of(read_source(raw).text)
    scopes = range(-1, len(facts.definitions))
    for definition in facts.definitions:
        assert definition.scope in scopes
        check_extent(definition.at, definition.extent, lines)
    for call in facts.calls:
        assert call.scope in scopes
        check_extent(call.at, call.extent, lines)
    assert {each.scope for each in facts.imports} <= set(scopes)
    assert {each.scope for each in facts.assignments} <= set(scopes)


def check_extent(at: Extent, extent: Extent, lines: LineIndex) -> None:
    start, end = (extent.line, extent.column), (extent.end_line, extent.end_column)
    assert start <= (at.line, at.column) <= (at.end_line, at.end_column) <= end
    assert extent.end_line < lines.n_lines
    assert extent.end_column <= len(lines.line_text(extent.end_line)) + 1


@given(st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    extract(raw)
    extract_notebook(raw)


@given(st.lists(st.sampled_from([*PIECES, "a", "b(c)", "x = 1"]), max_size=40))
def test_any_order_of_python_s_pieces(pieces: list[str]) -> None:
    raw = "".join(pieces).encode()
    check(raw, extract(raw))


@given(st.integers(0, len(REAL)), st.integers(0, 60), st.sampled_from(PIECES))
def test_any_damage_to_real_code(start: int, length: int, piece: str) -> None:
    raw = (REAL[:start] + piece + REAL[start + length :]).encode()
    check(raw, extract(raw))


@given(st.integers(0, len(REAL)), st.integers(0, 3000))
def test_any_part_of_real_code(start: int, length: int) -> None:
    raw = textwrap.dedent(REAL[start : start + length]).encode()
    check(raw, extract(raw))


DEEP = {
    "brackets": "x = " + "[" * 3000 + "]" * 3000,
    "calls": "f(" * 3000 + ")" * 3000,
    "attributes": "a()" + ".b" * 5000,
    "chained calls": "a" + ".b()" * 3000,
    "sum": "x = 'a'" + " + b" * 5000,
    "or": "x = a" + " or b()" * 3000,
    "conditions": "x = " + "a() if b else " * 2000 + "c",
    "elif": "if a:\n    b()\n" + "elif a():\n    b()\n" * 2000,
    "subscripts": "x = a" + "[0]" * 3000,
    "lambdas": "x = " + "lambda: " * 2000 + "a()",
    "not": "x = " + "not " * 3000 + "a()",
    "blocks": "".join(f"{' ' * n}with a():\n" for n in range(300)) + " " * 300 + "b()",
    "functions": "".join(f"{' ' * n}def f():\n" for n in range(300)) + " " * 300 + "b()",
    "f-strings": "x = " + "f'{" * 300 + "a" + "}'" * 300,
}


@pytest.mark.parametrize("source", DEEP.values(), ids=DEEP)
def test_depth_costs_what_is_deep_and_nothing_else(source: str) -> None:
    raw = f"before()\n{source}\nafter()\ndef last(): pass\n".encode()
    facts = extract(raw)
    check(raw, facts)
    assert facts.broken is not None or facts.calls[-1].extent.line == raw.count(b"\n") - 2
