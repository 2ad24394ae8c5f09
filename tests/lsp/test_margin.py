"""What an editor is sent of recorded traces, by the marks of `fixtures/ide`: all, and no more."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from lsprotocol import types

from tests.conftest import REPOSITORY
from tests.lsp.editor import Editor, editing
from tests.marks import MarkedSource, read_marks

FIXTURES = REPOSITORY / "fixtures"
CASES = sorted((FIXTURES / "ide").glob("*/case.json"))
Found = set[tuple[int, int, int, str]]
Lines = set[tuple[int, str]]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
async def test_what_is_sent_is_what_is_marked(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "app"
    traces, marked = opened(path, folder)
    async with editing(folder, options={"follow": "off"}) as editor:
        for trace in traces:
            await editor.ask("tracegloss/openTraceFile", {"uri": trace.as_uri()})
        await editor.until(lambda: told(editor, folder) == findings(marked))
        for name in python_files(folder):
            assert set(await editor.hints(name)) == lines(marked.get(name), "hint")
            assert await editor.lenses(name) == []
        for name, source in marked.items():
            await check_hovers(editor, name, source)
        editor.set(show="lens")
        name = next(name for name in marked if lines(marked[name], "hint"))
        lenses = await editor.until_asked(lambda: editor.lenses(name), bool)
        assert lines(marked[name], "hint") <= set(lenses)


def opened(path: Path, folder: Path) -> tuple[list[Path], dict[str, MarkedSource]]:
    """Copy a case's application; gives its traces and its marked files."""
    case = json.loads(path.read_text("utf-8"))
    shutil.copytree(FIXTURES / case["repository"], folder, ignore=shutil.ignore_patterns("*.db"))
    (folder.parent / "home").mkdir()
    marked = {
        each.relative_to(path.parent).as_posix(): read_marks(each.read_text("utf-8"))
        for each in path.parent.rglob("*.py")
    }
    return [FIXTURES / trace for trace in case["traces"]], marked


async def check_hovers(editor: Editor, name: str, source: MarkedSource) -> None:
    """Every finding has a hover on its token, of its range; empty lines have none."""
    for line, start, end, _ in findings({name: source}).get(name, set()):
        document = types.TextDocumentIdentifier(editor.uri(name))
        asked = types.HoverParams(document, types.Position(line, start))
        found = await editor.client.text_document_hover_async(asked)
        assert (found.range.start.character, found.range.end.character) == (start, end)
    empty = [n for n, row in enumerate(source.text.splitlines()) if not row.strip()]
    for line in empty:
        assert await editor.hover(name, line, 0) == ""


def python_files(folder: Path) -> list[str]:
    return [each.relative_to(folder).as_posix() for each in folder.rglob("*.py")]


def told(editor: Editor, folder: Path) -> dict[str, Found]:
    """The diagnostics that stand in each file now."""
    found = {name: editor.diagnostics.get(editor.uri(name), []) for name in python_files(folder)}
    return {name: {as_mark(each) for each in listed} for name, listed in found.items() if listed}


def as_mark(found: types.Diagnostic) -> tuple[int, int, int, str]:
    severity = types.DiagnosticSeverity(found.severity or 1).name.lower()
    at, words = found.range, f"{severity} {found.code}: {found.message}"
    return at.start.line, at.start.character, at.end.character, " ".join(words.split())


def findings(marked: dict[str, MarkedSource]) -> dict[str, Found]:
    found = {
        name: {(m.line, m.start, m.end, m.text) for m in source.marks if m.kind == "finding"}
        for name, source in marked.items()
    }
    return {name: marks for name, marks in found.items() if marks}


def lines(source: MarkedSource | None, kind: str) -> Lines:
    marks = () if source is None else source.marks
    return {(mark.line, mark.text) for mark in marks if mark.kind == kind}
