"""Caret marks: comments under a row of source that say what is expected at a place of that row.

    def answer(question: str) -> str:
    #   ^^^^^^ site: answer
        docs = retrieve(question)
        #      ^^^^^^^^ !span
    main()
    # <- span: main

One mark a row; mark rows speak of the last row that is none; `<-` points at column 0, where the
`#` itself would stand. Marks are taken out before anything runs, so lines are those of the clean
source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

KINDS = (
    "site", "span", "span?", "!span", "finding", "lens", "hint",
    "def", "call", "import", "broken", "action",
)  # fmt: skip

_MARK_ROW = re.compile(r"[ \t]*#[ \t]*(?P<pointer>\^+|<-)[ \t]*(?P<words>.*?)\s*$")
_WORDS = re.compile(r"(?P<kind>[^\s:]+)(?::[ \t]*(?P<text>.*))?$")


class MarkError(Exception):
    """A mark row says something that no mark can say."""


class Mark(Struct, frozen=True, order=True):
    """One expectation: 0-based line of the clean source; columns in code points, `end` outside."""

    line: int
    start: int
    end: int
    kind: str
    text: str = ""


class MarkedSource(Struct, frozen=True):
    """A source without its marks, and the marks."""

    text: str
    marks: tuple[Mark, ...]


def read_marks(source: str) -> MarkedSource:
    """Split a marked source; `MarkError` for an unknown kind or a mark without a place."""
    rows: list[str] = []
    marks: list[Mark] = []
    for number, row in enumerate(source.split("\n"), start=1):
        found = _MARK_ROW.match(row)
        if found is None:
            rows.append(row)
        elif not rows:
            raise MarkError(f"row {number}: no row above this mark: {row.strip()}")
        else:
            marks.append(_mark(found, len(rows) - 1, rows[-1], number))
    return MarkedSource("\n".join(rows), tuple(sorted(marks)))


def write_marks(text: str, marks: Iterable[Mark]) -> str:
    """Put marks into a clean source, sorted by place, each under its row."""
    under: dict[int, list[Mark]] = {}
    for mark in sorted(set(marks)):
        under.setdefault(mark.line, []).append(mark)
    rows: list[str] = []
    for line, row in enumerate(text.split("\n")):
        rows.append(row)
        rows.extend(_mark_row(mark, row) for mark in under.pop(line, ()))
    if under:
        raise MarkError(f"marks past the last row: {sorted(under)}")
    return "\n".join(rows)


def compare_marks(source: str, actual: Iterable[Mark], kinds: Iterable[str]) -> tuple[str, str]:
    """Return the source as it is expected and as it came out, for a test to compare as one text.

    `kinds` are those the caller produces; marks of other kinds stay as they are. A `!span` stays
    while no span came out at its place.
    """
    expected = read_marks(source)
    produced = tuple(_checked(mark) for mark in actual)
    taken = {(mark.line, mark.start) for mark in produced if mark.kind in {"span", "span?"}}
    kept = [
        mark
        for mark in expected.marks
        if mark.kind not in set(kinds) and not (mark.kind == "!span" and _place(mark) in taken)
    ]
    return write_marks(expected.text, expected.marks), write_marks(
        expected.text, (*kept, *produced)
    )


def check_marks(path: Path, actual: Iterable[Mark], kinds: Iterable[str], *, update: bool) -> None:
    """Compare a marked file with what came out of its clean source; `update` rewrites the file."""
    source = path.read_text(encoding="utf-8")
    expected, came_out = compare_marks(source, actual, kinds)
    if update and expected != came_out:
        path.write_text(came_out, encoding="utf-8")
        return
    assert came_out == expected


def _place(mark: Mark) -> tuple[int, int]:
    return mark.line, mark.start


def _checked(mark: Mark) -> Mark:
    if mark.kind not in KINDS:
        raise MarkError(f"unknown kind {mark.kind!r}; one of {', '.join(KINDS)}")
    if mark.text != " ".join(mark.text.split()):
        raise MarkError(f"the text of a mark is one row, single-spaced: {mark.text!r}")
    return Mark(mark.line, 0, 1, mark.kind, mark.text) if mark.start == 0 else mark


def _mark(found: re.Match[str], line: int, row: str, number: int) -> Mark:
    words = _WORDS.match(found["words"])
    if words is None or words["kind"] not in KINDS:
        raise MarkError(
            f"row {number}: unknown kind in {found['words']!r}; one of {', '.join(KINDS)}"
        )
    text = " ".join((words["text"] or "").split())
    if found["pointer"] == "<-":
        return Mark(line, 0, 1, words["kind"], text)
    start, end = found.span("pointer")
    if end > len(row):
        raise MarkError(f"row {number}: the mark points past the end of {row!r}")
    return Mark(line, start, end, words["kind"], text)


def _mark_row(mark: Mark, row: str) -> str:
    words = f"{mark.kind}: {mark.text}" if mark.text else mark.kind
    indent = len(row) - len(row.lstrip(" "))
    if mark.start == 0:
        return f"{' ' * indent}# <- {words}"
    hash_column = min(indent, max(mark.start - 2, 0))
    gap = " " * (mark.start - hash_column - 1)
    return f"{' ' * hash_column}#{gap}{'^' * (mark.end - mark.start)} {words}"
