"""Which names the top level of a file binds, where, and what a function reads of them."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tracegloss.history.bindings import Imported, bindings, names_read


def check(text: str, *names: str) -> None:
    assert tuple(bindings(dedent(text).encode())) == names


@pytest.mark.parametrize(
    "text, names",
    [
        ("A = 1\nB: int = 2\nC: int\n", ("A", "B")),
        ("A, (B) = 1, 2\n", ("A", "B")),
        ("TABLE = {}\nTABLE['a'] = 1\nTABLE.rows.append(2)\n", ("TABLE",)),
        ("import os.path\nimport a.b as c\nfrom .d import e as f\n", ("os", "c", "f")),
        ("try:\n    A = 1\nexcept E:\n    A = 2\n", ("A",)),
        ("if X:\n    A = 1\nelse:\n    B = 1\n", ("A", "B")),
        ("if TYPE_CHECKING:\n    import a\n", ()),
        ("class K:\n    'Doc.'\n    a = 1\n    def m(self):\n        self.b = 2\n", ("K.a",)),
        ("'Doc.'\ndef f():\n    A = 1\n", ()),
        ("A = 1\nB = (\n", ()),
        ("", ()),
    ],
)
def test_names(text: str, names: tuple[str, ...]) -> None:
    check(text, *names)


@pytest.mark.parametrize(
    "one, other, is_same",
    [
        ("A = [1, 2]", "A = [\n    1,\n    2,  # two\n]", True),
        ("A = 'x'", 'A = "x"', True),
        ("A = 1", "A = 2", False),
        ("T = {}\nT['a'] = 1", "T = {}\nT['a'] = 2", False),
        ("from a import b", "from c import b", False),
    ],
)
def test_layout_aside(one: str, other: str, is_same: bool) -> None:
    texts = [[each.text for each in bindings(text.encode()).values()] for text in (one, other)]
    assert (texts[0] == texts[1]) is is_same


def test_places_and_imports() -> None:
    found = bindings("é, B = 1, 2\nfrom ..c import d\n".encode())
    at = found["B"].at
    assert (at.start.line, at.start.column, at.end.column) == (0, 3, 4)
    assert found["d"].imported == Imported("..c", "d")


def test_what_a_function_reads() -> None:
    read = names_read(["    def f(self, q):", "        return PROMPT + self.t + config.K"])
    assert {"PROMPT", "self.t", "config.K"} <= read
    assert names_read(["def broken("]) == frozenset()
