"""Notebooks: cells are texts of their own, numbered over all cells."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from lsprotocol import types

from tests.lsp.editor import LONGEST_SECONDS, editing

BOOK = "book.ipynb"
SOURCES = ["# Title", "import mlflow\n\n@mlflow.trace\ndef plan_action(question):\n    return 1\n"]


def cell_uri(number: int) -> str:
    return f"vscode-notebook-cell:/agent/{BOOK}#{number}"


async def test_a_function_of_an_open_cell_is_offered_what_a_file_would_be(tmp_path: Path) -> None:
    folder = tmp_path / "agent"
    folder.mkdir()
    cells = [
        {"cell_type": kind, "metadata": {}, "source": source, "outputs": []}
        for kind, source in zip(("markdown", "code"), SOURCES, strict=True)
    ]
    (folder / BOOK).write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    async with editing(folder) as editor:
        await editor.until(lambda: editor.statuses and editor.statuses[-1].sites == 1)
        untraced = f"{SOURCES[1]}\ndef act():\n    return 2\n"
        kinds = (types.NotebookCellKind.Markup, types.NotebookCellKind.Code)
        notebook = types.NotebookDocument(
            editor.uri(BOOK),
            "jupyter-notebook",
            1,
            [types.NotebookCell(kind, cell_uri(n)) for n, kind in enumerate(kinds)],
        )
        texts = [
            types.TextDocumentItem(cell_uri(0), "markdown", 1, SOURCES[0]),
            types.TextDocumentItem(cell_uri(1), "python", 1, untraced),
        ]
        editor.client.notebook_document_did_open(
            types.DidOpenNotebookDocumentParams(notebook, texts)
        )
        titles: list[str] = []
        async with asyncio.timeout(LONGEST_SECONDS):
            while not titles:
                titles = [action.title for action in await actions_at(editor.client, 6)]
        assert titles == ["Add @mlflow.trace"]
        assert list(await actions_at(editor.client, 3)) == []


async def actions_at(client: object, line: int) -> list[types.CodeAction]:
    at = types.Range(types.Position(line, 5), types.Position(line, 5))
    asked = types.CodeActionParams(
        types.TextDocumentIdentifier(cell_uri(1)), at, types.CodeActionContext([])
    )
    found: list[types.CodeAction] = await client.text_document_code_action_async(asked)  # type: ignore[attr-defined]
    return found
