"""One trace that runs through two folders of a workspace: each span on the folder that made it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from lsprotocol import types

from tests.lsp.editor import Editor, editing

FILES = {
    "shop/main.py": """\
import mlflow
from helpers import lookup

mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.set_experiment("shop")


@mlflow.trace
def answer(question):
    return shorten(lookup(question))


@mlflow.trace
def shorten(found):
    return found[0]


if __name__ == "__main__":
    for question in ("what is it?", ""):
        try:
            answer(question)
        except LookupError:
            pass
""",
    "library/helpers.py": """\
import mlflow


@mlflow.trace
def lookup(query):
    return [fetch(query)]


@mlflow.trace
def fetch(query):
    if not query:
        raise LookupError("nothing was asked")
    return query


@mlflow.trace
def shorten(found):
    return found[:1]
""",
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two folders, and a store in the first with traces of a run through both."""
    base = tmp_path_factory.mktemp("folders")
    for name, source in FILES.items():
        (base / name).parent.mkdir()
        (base / name).write_text(source)
    (base / "home").mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    subprocess.run(
        [sys.executable, "main.py"],
        cwd=base / "shop",
        env={**environment, "PYTHONPATH": str(base / "library")},
        capture_output=True,
        check=True,
    )
    return [base / "shop", base / "library"]


def traces_by_folder(editor: Editor) -> dict[str, int]:
    return {Path(unquote(status.root)).name: status.traces for status in editor.statuses}


async def test_each_span_stands_in_the_folder_that_made_it(folders: list[Path]) -> None:
    shop, library = folders
    async with editing(shop, folders=folders) as editor:
        await editor.until(lambda: traces_by_folder(editor) == {"shop": 2, "library": 2})
        hints = {
            name: {line: words.split(" · ")[0] for line, words in await editor.hints(name)}
            for name in ("main.py", "../library/helpers.py")
        }
        assert hints == {
            "main.py": {8: "2 traces", 13: "1 call"},
            "../library/helpers.py": {4: "2 calls", 9: "2 calls"},
        }
        raised = (library / "helpers.py").as_uri()
        await editor.until(lambda: raised in editor.diagnostics)
        [error] = editor.diagnostics[raised]
        assert (error.range.start.line, error.code) == (11, "error-raised")
        assert (shop / "main.py").as_uri() not in editor.diagnostics
        listed = (await editor.ask("tracegloss/traces/list", {"root": shop.as_uri()})).traces
        await check_places(editor, listed[-1].traceId, folders)


async def check_places(editor: Editor, trace_id: str, folders: list[Path]) -> None:
    page = await editor.ask("tracegloss/traces/spans", {"traceId": trace_id})
    shop, library = (folder.name for folder in folders)
    assert {row.name: Path(row.place.uri).parent.name for row in page.rows} == {
        "answer": shop,
        "lookup": library,
        "fetch": library,
        "shorten": shop,
    }
    [lookup] = [row.spanId for row in page.rows if row.name == "lookup"]
    found = await editor.ask("tracegloss/spanLocation", {"traceId": trace_id, "spanId": lookup})
    assert Path(found.place.uri).name == "helpers.py"


async def test_what_is_pinned_or_gone_in_one_folder_is_so_in_the_other(
    folders: list[Path],
) -> None:
    shop, library = folders
    async with editing(shop, folders=folders) as editor:
        await editor.until(lambda: traces_by_folder(editor) == {"shop": 2, "library": 2})
        listed = (await editor.ask("tracegloss/traces/list", {"root": shop.as_uri()})).traces
        trace_id = listed[-1].traceId
        await editor.ask("tracegloss/traces/pin", {"traceIds": [trace_id], "root": shop.as_uri()})
        await editor.until(
            lambda: {Path(s.root).name for s in editor.statuses if s.pinned} == {"shop", "library"}
        )
        await editor.ask("tracegloss/traces/release", {"root": shop.as_uri()})
        left = types.WorkspaceFoldersChangeEvent(
            added=[], removed=[types.WorkspaceFolder(shop.as_uri(), shop.name)]
        )
        editor.client.workspace_did_change_workspace_folders(
            types.DidChangeWorkspaceFoldersParams(left)
        )
        await editor.until(
            lambda: (
                not any(editor.diagnostics.values())
                and editor.statuses[-1].root == library.as_uri()
                and editor.statuses[-1].traces == 0
            )
        )


async def test_a_copy_of_a_folder_gets_nothing_of_its_traces(folders: list[Path]) -> None:
    shop, _ = folders
    twin = shop.parent / "twin"
    twin.mkdir(exist_ok=True)
    (twin / "main.py").write_text(FILES["shop/main.py"])
    async with editing(shop, folders=[shop, twin]) as editor:
        await editor.until(lambda: traces_by_folder(editor) == {"shop": 2, "twin": 0})
        assert [line for line, _ in await editor.hints("main.py")] == [8, 13]


@pytest.fixture(scope="module")
def nested(folders: list[Path]) -> list[Path]:
    """A folder with a program and its store, and a folder inside it with what it calls."""
    outer = folders[0].parent / "outer"
    inner = outer / "packages" / "library [1]"
    inner.mkdir(parents=True)
    (outer / "main.py").write_text(FILES["shop/main.py"])
    (inner / "helpers.py").write_text(FILES["library/helpers.py"])
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    subprocess.run(
        [sys.executable, "main.py"],
        cwd=outer,
        env={**environment, "PYTHONPATH": str(inner)},
        capture_output=True,
        check=True,
    )
    return [outer, inner]


HELPERS = "packages/library [1]/helpers.py"
NESTED_HINTS = {
    "main.py": {8: "2 traces", 13: "1 call"},
    HELPERS: {4: "2 calls", 9: "2 calls"},
}
MOVED_HINTS = {**NESTED_HINTS, HELPERS: {5: "2 calls", 10: "2 calls"}}


async def hints_of(editor: Editor) -> dict[str, dict[int, str]]:
    return {
        name: {line: words.split(" · ")[0] for line, words in await editor.hints(name)}
        for name in NESTED_HINTS
    }


@pytest.mark.parametrize("order", [1, -1], ids=["outer first", "inner first"])
async def test_a_file_of_a_folder_inside_another_is_told_of_once(
    nested: list[Path], order: int
) -> None:
    outer, inner = nested
    async with editing(outer, folders=nested[::order]) as editor:
        await editor.until(lambda: traces_by_folder(editor) == {outer.name: 2, inner.name: 2})
        assert await hints_of(editor) == NESTED_HINTS
        raised = editor.uri(HELPERS)
        await editor.until(lambda: raised in editor.diagnostics)
        assert [error.code for error in editor.diagnostics[raised]] == ["error-raised"]
        found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("fetch"))
        assert [symbol.location.uri for symbol in found] == [raised]
        # Its name has characters that are escaped in an address.
        editor.open(HELPERS)
        editor.edit(HELPERS, 0, 0, 0, "# unsaved\n")
        await editor.until_asked(lambda: hints_of(editor), lambda found: found == MOVED_HINTS)
        stack = editor.open(
            "packages/library [1]/pasted.txt",
            f'  File "{inner / "helpers.py"}", line 12, in fetch',
            "text",
        )
        line = types.DefinitionParams(types.TextDocumentIdentifier(stack), types.Position(0, 9))
        places = await editor.client.text_document_definition_async(line)
        assert [place.uri for place in places] == [raised]


async def test_a_folder_inside_another_may_come_and_go(nested: list[Path]) -> None:
    outer, inner = nested
    folder = types.WorkspaceFolder(inner.as_uri(), inner.name)
    async with editing(outer, folders=[outer]) as editor:
        raised = editor.uri(HELPERS)
        editor.open(HELPERS)
        editor.edit(HELPERS, 0, 0, 0, "# unsaved\n")
        await editor.until_asked(lambda: hints_of(editor), lambda found: found == MOVED_HINTS)
        for added, removed, folders in (
            ([folder], [], {outer.name: 2, inner.name: 2}),
            ([], [folder], {outer.name: 2}),
        ):
            editor.statuses.clear()
            event = types.WorkspaceFoldersChangeEvent(added=added, removed=removed)
            editor.client.workspace_did_change_workspace_folders(
                types.DidChangeWorkspaceFoldersParams(event)
            )
            await editor.until(lambda: traces_by_folder(editor) == folders)  # noqa: B023
            await editor.until_asked(lambda: hints_of(editor), lambda found: found == MOVED_HINTS)
            await editor.until(lambda: len(editor.diagnostics.get(raised, [])) == 1)
            assert editor.diagnostics[raised][0].range.start.line == 12
