"""The hash of a definition's text: equal after formatting, different after every other edit."""

from __future__ import annotations

import ast
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tracegloss.syntax.extract import extract

EQUAL = {
    "spaces": ("def f(a,b=1): return a+b", "def f( a, b = 1 ):\n    return a + b"),
    "comments": ("def f():\n    a()  # why\n    # b\n    b()", "def f():\n    a()\n    b()"),
    "comment after the last statement": ("def f():\n    a()\n    # b\nc = 1", "def f():\n    a()"),
    "comment between blocks": (
        "def f():\n    if a:\n        b()\n        # c\n    # d\n    e()",
        "def f():\n    if a:\n        b()\n    e()"),
    "comment without a space before it": ("def f():\n    a()# b", "def f():\n    a()"),
    "indentation": ("def f():\n  if a:\n    b()", "def f():\n\tif a:\n\t\tb()"),
    "trailing commas": ("def f(a, b,):\n    g([a, b,],)", "def f(a, b):\n    g([a, b])"),
    "joined lines": ("def f():\n    return a + \\\n        b", "def f():\n    return a + b"),
    "line ends": ("def f():\r\n    a()\r\n", "def f():\n    a()\n"),
    "semicolons": ("def f():\n    a(); b();", "def f():\n    a()\n    b()"),
    "one line": ("def f():\n    if a: b()\n    c()", "def f():\n    if a:\n        b()\n    c()"),
    "quotes": ("def f(): return 'a' + u'b'", 'def f(): return "a" + "b"'),
    "escaped quotes": ("def f(): return 'it\\'s'", 'def f(): return "it\'s"'),
    "prefixes": ("def f(): return F'a', R'b', Rb'c'", 'def f(): return f"a", r"b", bR"c"'),
    "numbers": ("def f(): return 0XFF, 1E5, 10J, 0xAB", "def f(): return 0xff, 1e5, 10j, 0xab"),
    "seams": ("def f(): return 'a' 'b' f'c{d}'", "def f(): return 'ab' f'c{d}'"),
    "parentheses": (
        "def f():\n    x = (a)\n    return (x + 1)\n    if (x): pass\n    for (b) in (c): pass",
        "def f():\n    x = a\n    return x + 1\n    if x: pass\n    for b in c: pass"),
    "parentheses of tuples": (
        "def f():\n    (a, b) = (c, d)\n    for (e, g) in h: pass\n    return (a, b)",
        "def f():\n    a, b = c, d\n    for e, g in h: pass\n    return a, b"),
    "parentheses of with and import": (
        "def f():\n    from a import (b, c,)\n    with (b as d, c,): pass",
        "def f():\n    from a import b, c\n    with b as d, c: pass"),
    "parentheses of await": (
        "async def f(): return await (g())", "async def f(): return await g()"),
    "parentheses of a class": ("class A(): pass", "class A: pass"),
    "docstring": (
        'def f():\n    """A\n\n        b  \n    """\n    a()',
        "def f():\n  '''A\n\n  b\n'''\n  a()"),
    "decorators": ("@a\n@b(1)\ndef f(): pass", "def f(): pass"),
    "place": ("def f(): pass", "x = 1\n\n\ndef f(): pass\ny = 2"),
}  # fmt: skip

DIFFERENT = {
    "name": ("def f(): pass", "def g(): pass"),
    "default": ("def f(a=1): pass", "def f(a=2): pass"),
    "annotation": ("def f(a): pass", "def f(a: int): pass"),
    "constant": ("def f(): return 'a'", "def f(): return 'b'"),
    "space in a string": ("def f(): return 'a b'", "def f(): return 'ab'"),
    "lines of a string": ('def f():\n    x = """a\n  b"""', 'def f():\n    x = """a\n b"""'),
    "hash in a string": ("def f(): return '#a'", "def f(): return '#b'"),
    "prefix": ("def f(): return 'a{b}'", "def f(): return f'a{b}'"),
    "docstring": ('def f():\n    """A."""', 'def f():\n    """B."""'),
    "operand": ("def f(): return a + b", "def f(): return a + c"),
    "parentheses that matter": ("def f(): return (a + b) * c", "def f(): return a + b * c"),
    "tuple argument": ("def f(): g((a, b))", "def f(): g(a, b)"),
    "tuple of one": ("def f(): return (a,)", "def f(): return (a)"),
    "call": ("def f(): return a", "def f(): return a()"),
    "statement moved out of a block": (
        "def f():\n    if a:\n        b()\n        c()",
        "def f():\n    if a:\n        b()\n    c()"),
    "statement moved out of two blocks": (
        "def f():\n    if a:\n        for b in c:\n            d()\n        e()",
        "def f():\n    if a:\n        for b in c:\n            d()\n    e()"),
    "else moved": (
        "def f():\n    for a in b:\n        if c:\n            d()\n        else:\n            e()",
        "def f():\n    for a in b:\n        if c:\n            d()\n    else:\n        e()"),
    "order": ("def f():\n    a()\n    b()", "def f():\n    b()\n    a()"),
    "inner decorator": (
        "class A:\n    @a\n    def f(self): pass", "class A:\n    @b\n    def f(self): pass"),
}  # fmt: skip


def outermost(source: str) -> str:
    return extract(source.encode()).definitions[0].text_hash


@pytest.mark.parametrize("before, after", EQUAL.values(), ids=EQUAL)
def test_formatting_changes_nothing(before: str, after: str) -> None:
    assert outermost(before) == outermost(after)


@pytest.mark.parametrize("before, after", DIFFERENT.values(), ids=DIFFERENT)
def test_other_edits_change_it(before: str, after: str) -> None:
    assert outermost(before) != outermost(after)


STYLES = (
    ["--line-length=60", "--config=format.quote-style='single'"],
    ["--line-length=320", "--config=format.skip-magic-trailing-comma=true"],
)


@pytest.mark.parametrize("style", STYLES, ids=["narrow", "wide"])
def test_a_formatter_changes_no_hash(style: list[str], tmp_path: Path) -> None:
    library = Path(sysconfig.get_path("stdlib"))
    names = ["argparse", "contextlib", "dataclasses", "json/decoder", "asyncio/tasks", "csv",
             "logging/config", "typing", "inspect", "http/client"]  # fmt: skip
    texts = {path: path.read_bytes() for path in (library / f"{name}.py" for name in names)}
    texts |= {path: path.read_bytes() for path in sorted((REPOSITORY / "tests").rglob("*.py"))[:20]}
    copies = {path: tmp_path / f"{number}.py" for number, path in enumerate(texts)}
    for path, copy in copies.items():
        copy.write_bytes(texts[path])
    command = [
        sys.executable,
        "-m",
        "ruff",
        "format",
        "--quiet",
        "--isolated",
        *style,
        str(tmp_path),
    ]
    subprocess.run(command, check=True)
    changed = [
        f"{path.name}: {before.qualified_name}"
        for path, copy in copies.items()
        for before, after in zip(
            extract(texts[path]).definitions, extract(copy.read_bytes()).definitions, strict=True
        )
        if before.text_hash != after.text_hash
    ]
    assert changed == []


def test_hashes_of_a_file_are_as_different_as_its_definitions() -> None:
    source = (Path(sysconfig.get_path("stdlib")) / "argparse.py").read_text(encoding="utf-8")
    definitions = extract(source.encode()).definitions
    texts = {
        ast.unparse(ast.FunctionDef(**{**vars(node), "decorator_list": []}))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
    }
    assert len({each.text_hash for each in definitions if each.kind == "function"}) == len(texts)
