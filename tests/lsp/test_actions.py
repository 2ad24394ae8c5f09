"""What an editor is offered at every word of an application that really ran, and what it does."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.conftest import REPOSITORY, CheckMarks
from tests.lsp.editor import Editor, editing
from tests.marks import Mark, read_marks

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARKED = REPOSITORY / "fixtures" / "ide" / "actions" / "shop.py"
SOURCE = read_marks(MARKED.read_text("utf-8")).text
NAME = "shop.py"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    """An editor on the shop with its three traces, and the file open."""
    folder = tmp_path_factory.mktemp("actions") / "shop"
    folder.mkdir()
    (folder.parent / "home").mkdir()
    (folder / NAME).write_text(SOURCE, "utf-8")
    run([NAME], folder)
    async with editing(folder) as editor:
        await editor.loaded(3)
        editor.open(NAME)
        await editor.until(lambda: editor.told(NAME))
        yield editor


def run(arguments: list[str], folder: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, check=True, text=True
    ).stdout


def words() -> Iterator[tuple[int, int, int]]:
    for line, row in enumerate(SOURCE.splitlines()):
        for word in re.finditer(r"\w+", row):
            yield line, word.start(), word.end()


async def offered(editor: Editor, line: int, column: int) -> list[Any]:
    at = types.Range(types.Position(line, column), types.Position(line, column))
    context = types.CodeActionContext(editor.diagnostics.get(editor.uri(NAME), []))
    document = types.TextDocumentIdentifier(editor.uri(NAME))
    return list(
        await editor.client.text_document_code_action_async(
            types.CodeActionParams(document, at, context)
        )
    )


async def test_at_every_word_is_offered_what_is_marked(
    shop: Editor, check_marks: CheckMarks
) -> None:
    found = [
        Mark(line, start, end, "action", re.sub(r" \(tr-.*", "", action.title))
        for line, start, end in words()
        for action in await offered(shop, line, (start + end) // 2)
    ]
    check_marks(MARKED, found, ("action",))


async def chosen(editor: Editor, words: str, token: str, title: str) -> Any:
    line = next(n for n, row in enumerate(SOURCE.splitlines()) if words in row)
    column = SOURCE.splitlines()[line].index(token)
    [action] = [a for a in await offered(editor, line, column) if a.title.startswith(title)]
    return action


def edited(editor: Editor, action: Any) -> str:
    rows = SOURCE.splitlines(keepends=True)
    edits = action.edit.changes[editor.uri(NAME)]
    for edit in sorted(edits, key=lambda edit: edit.range.start.line, reverse=True):
        start, end = edit.range.start, edit.range.end
        assert start.line == end.line
        row = rows[start.line]
        rows[start.line] = row[: start.character] + edit.new_text + row[end.character :]
    return "".join(rows)


@pytest.mark.parametrize(
    "row, token, title, instead",
    [
        (
            "def cost_of",
            "cost_of",
            "Add @mlflow.trace",
            ("def cost_of", "@mlflow.trace\ndef cost_of"),
        ),
        (
            "def total",
            "total",
            "Add @mlflow.trace",
            ("    def total", "    @mlflow.trace\n    def total"),
        ),
        ("start_span", "start_span", "Name this span", ("start_span()", 'start_span("cost_of")')),
        (
            "raise ",
            "raise",
            "Ignore ",
            ('{article}")', '{article}")  # tracegloss: ignore[error-raised]'),
        ),
    ],
)
async def test_an_action_changes_this_and_no_more(
    shop: Editor, row: str, token: str, title: str, instead: tuple[str, str]
) -> None:
    result = edited(shop, await chosen(shop, row, token, title))
    assert result == SOURCE.replace(*instead)
    ast.parse(result)


async def test_the_test_that_is_created_from_a_call_runs(shop: Editor) -> None:
    action = await chosen(shop, "def price", "price", "Create ")
    create, written = action.edit.document_changes
    path = Path(create.uri.removeprefix("file://"))
    [edit] = written.edits
    copy = shop.root.parent / "copy"
    copy.mkdir(exist_ok=True)
    shutil.copy(shop.root / NAME, copy)
    (copy / path.name).write_text(edit.new_text, "utf-8")
    said = run(["-m", "pytest", "-q", "-p", "no:cacheprovider", path.name], copy)
    assert "1 passed" in said


async def test_pinning_by_an_action_shows_one_trace_and_releases_it(shop: Editor) -> None:
    for title, status in (("Pin ", "pinned"), ("Release ", "loaded")):
        line = next(n for n, row in enumerate(SOURCE.splitlines()) if "def price" in row)
        at = {"line": line, "character": 5}
        asked = {
            "textDocument": {"uri": shop.uri(NAME)},
            "range": {"start": at, "end": at},
            "context": {"diagnostics": []},
        }
        found = await shop.ask("textDocument/codeAction", asked)
        [command] = [a["command"] for a in found if a["title"].startswith(title)]
        run = {"command": command["command"], "arguments": command["arguments"]}
        await shop.ask("workspace/executeCommand", run)
        await shop.until(lambda status=status: shop.status == status)  # type: ignore[misc]
