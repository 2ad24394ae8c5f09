"""Notebooks of both kinds: which cells are Python, and the way between cells and joined lines."""

from __future__ import annotations

import json
import textwrap

import pytest

from tests.syntax.shown import shown
from tracegloss.index.places import place_of
from tracegloss.syntax.extract import extract
from tracegloss.syntax.facts import FileFacts, Invocation
from tracegloss.syntax.notebook import extract_notebook


def notebook(*cells: str | dict[str, object], **metadata: object) -> bytes:
    listed = [
        {"cell_type": "code", "source": cell} if isinstance(cell, str) else cell for cell in cells
    ]
    return json.dumps({"nbformat": 4, "metadata": metadata, "cells": listed}).encode()


def places(facts: FileFacts) -> list[str]:
    """Every call as cell, line and column."""
    found = []
    for number, call in enumerate(facts.calls):
        at = place_of(facts, "notebook", call.at)
        cell, start = "" if at.cell is None else at.cell, at.range.start
        found.append(f"{shown(Invocation(number), facts)} {cell}:{start.line}:{start.column}")
    return found


CELLS = {
    "line magic": ("%matplotlib inline\nf()", ["f() 0:1:0"]),
    "shell": ("!pip install 'a\nf()", ["f() 0:1:0"]),
    "shell over lines": ("!pip install \\\n   it's\nf()", ["f() 0:2:0"]),
    "magic in a block": ("if a:\n    !ls\nelse:\n    f()", ["f() 0:3:4"]),
    "assigned shell": ("x = !ls\nf()", ["f() 0:1:0"]),
    "help": ("?f\nf.a??\nf()", ["f() 0:2:0"]),
    "timed line": ("%time f(g())", ["g() 0:0:8", "f() 0:0:6"]),
    "timed with options": ("%timeit -n 1 f()\ng()", ["g() 0:1:0"]),
    "timed cell": ("%%time\nf()", ["f() 0:1:0"]),
    "written module": ("%%writefile agent.py\n\nf()", ["f() 0:2:0"]),
    "written text": ("%%writefile -a notes.md\nf()", []),
    "shell cell": ("%%bash\necho $(f)", []),
    "unknown cell magic": ("%%sql\nselect f()", []),
    "language of a cell": ("%md\n# f()", []),
    "python cell": ("%python\nf()", ["f() 0:1:0"]),
    "percent is no magic in brackets": ("f(a\n  % b\n)", ["f() 0:0:0"]),
    "percent is no magic in strings": ('x = """\n%s (\n"""\nf()', ["f() 0:3:0"]),
    "quotes in comments": ("# it's (\n%time f()", ["f() 0:1:6"]),
    "top-level await": ("await f()", ["f() 0:0:6"]),
}


@pytest.mark.parametrize("cell, expected", CELLS.values(), ids=CELLS)
def test_cell(cell: str, expected: list[str]) -> None:
    facts = extract_notebook(notebook(cell))
    assert places(facts) == expected
    assert facts.broken is None


def test_cells_count_from_0_over_all_cells() -> None:
    raw = notebook({"cell_type": "markdown", "source": ["# f()"]}, "a()\n\n\n", "", "b()\nc()")
    facts = extract_notebook(raw)
    assert places(facts) == ["a() 1:0:0", "b() 3:0:0", "c() 3:1:0"]


def test_old_notebooks_have_worksheets() -> None:
    cells = [
        {"cell_type": "heading", "source": "f()"},
        {"cell_type": "code", "input": ["a()\n", "b()"], "language": "python"},
    ]
    facts = extract_notebook(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode())
    assert places(facts) == ["a() 1:0:0", "b() 1:1:0"]


def test_notebooks_of_other_languages_hold_no_facts() -> None:
    raw = notebook("f()", language_info={"name": "R"})
    assert extract_notebook(raw) == FileFacts(n_lines=1)


def test_an_open_string_costs_its_own_cell_only() -> None:
    facts = extract_notebook(notebook("a()", 'b("""', "c()", "d(", "e()"))
    assert [place for place in places(facts) if place[0] in "ace"] == [
        "a() 0:0:0",
        "c() 2:0:0",
        "e() 4:0:0",
    ]
    assert facts.broken == "cell 1 is not closed"


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"cells": 1}', b"\xff", b"[" * 100_000])
def test_what_is_no_notebook_is_broken(raw: bytes) -> None:
    assert (extract_notebook(raw).broken or "").startswith("not a notebook: ")


def test_lines_count_from_0_in_each_cell() -> None:
    raw = notebook({"cell_type": "raw"}, "a()\nb()", "c()", "%%html\nd()", "e()\n\ng()")
    assert places(extract_notebook(raw)) == [
        "a() 1:0:0",
        "b() 1:1:0",
        "c() 2:0:0",
        "e() 4:0:0",
        "g() 4:2:0",
    ]


@pytest.mark.parametrize("line", [" " * 1_000_000 + "x", '\\"' * 400_000, "%x " + "a?" * 400_000])
def test_a_hostile_line_is_read_once(line: str) -> None:
    assert places(extract_notebook(notebook("a()", line, "b()")))[0] == "a() 0:0:0"


DATABRICKS = {
    "code": ("f()", ["f() :1:0"]),
    "python in magic": ("# MAGIC %python\n# MAGIC if a:\n# MAGIC     f()\n# MAGIC\n# MAGIC g()",
                        ["f() :3:12", "g() :5:8"]),
    "wide characters": ("# MAGIC %python\n# MAGIC x = 'é'; f()", ["f() :2:17"]),
    "timed": ("# MAGIC %%time\n# MAGIC f()", ["f() :2:8"]),
    "written module": ("# MAGIC %%writefile agent.py\n# MAGIC f()", ["f() :2:8"]),
    "written text": ("# MAGIC %%writefile notes.md\n# MAGIC f()", []),
    "markdown": ("# MAGIC %md\n# MAGIC f()", []),
    "sql": ("# MAGIC %sql\n# MAGIC select f()", []),
    "each cell for itself": (
        ("# MAGIC %md a\n\n# COMMAND ----------\n\n# MAGIC %python\n# MAGIC f()\n\n"
        "# COMMAND ----------\ng()"), ["f() :6:8", "g() :9:0"]),
    "comments about magic": ("# DBTITLE 1,MAGIC\n# MAGIC %pip install f\ng()", ["g() :3:0"]),
}  # fmt: skip


@pytest.mark.parametrize("source, expected", DATABRICKS.values(), ids=DATABRICKS)
def test_databricks_source(source: str, expected: list[str]) -> None:
    facts = extract(f"# Databricks notebook source\n{source}\n".encode())
    assert places(facts) == expected
    assert facts.broken is None


def test_magic_comments_of_other_files_are_comments() -> None:
    source = textwrap.dedent("""
        # MAGIC %python
        # MAGIC f()
    """)
    assert extract(source.encode()).calls == ()
