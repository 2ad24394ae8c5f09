"""Unsaved text wins: findings move and end with what is typed, and return when it is undone."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from tests.lsp.editor import Editor
from tests.lsp.test_features import POLICIES, line_of


async def test_a_finding_moves_ends_and_comes_back_with_the_text(editor: Editor) -> None:
    await editor.until(lambda: editor.told(POLICIES))
    uri = editor.open(POLICIES)
    line = line_of(editor, POLICIES, "raise ")

    def stands_at() -> list[int]:
        return [d.range.start.line for d in editor.diagnostics.get(uri, [])]

    editor.edit(POLICIES, 0, 0, 0, "# a comment\n")
    await editor.until(lambda: stands_at() == [line + 1])
    editor.edit(POLICIES, line + 1, 8, 8, "return 3; ")
    await editor.until(lambda: stands_at() == [])
    editor.edit(POLICIES, line + 1, 8, 18, "")
    await editor.until(lambda: stands_at() == [line + 1])
    editor.close(POLICIES)
    await editor.until(lambda: stands_at() == [line])


async def test_a_file_changed_on_the_disk_ends_its_finding(editor: Editor) -> None:
    await editor.until(lambda: editor.told(POLICIES) and editor.registered)
    assert editor.registered == [types.WORKSPACE_DID_CHANGE_WATCHED_FILES]
    file = editor.root / POLICIES
    file.write_text(file.read_text("utf-8").replace("raise ", "return None\n        raise ", 1))
    change = types.FileEvent(editor.uri(POLICIES), types.FileChangeType.Changed)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))
    await editor.until(lambda: editor.diagnostics[editor.uri(POLICIES)] == [])


async def test_text_that_was_opened_before_its_folder_was_known_counts(agent: Path) -> None:
    editor = Editor(agent)
    # Folders are opened once the settings are there; a document is opened at once.
    editor.may_answer.clear()
    await editor.start()
    text = (agent / POLICIES).read_text("utf-8")
    uri = editor.open(POLICIES, f"# unsaved\n{text}")
    editor.may_answer.set()
    line = line_of(editor, POLICIES, "raise ") + 1
    await editor.until(lambda: [d.range.start.line for d in editor.diagnostics.get(uri, [])])
    assert [d.range.start.line for d in editor.diagnostics[uri]] == [line]
    editor.edit(POLICIES, 0, 0, 0, "# typed\n")
    await editor.until(lambda: [d.range.start.line for d in editor.diagnostics[uri]] == [line + 1])
    await editor.leave()
    await editor.client.stop()


async def test_an_opened_text_is_told_anew_also_that_nothing_holds_of_it(editor: Editor) -> None:
    await editor.until(lambda: editor.told(POLICIES))
    told = editor.published.count(editor.uri(POLICIES))
    uri = editor.open(POLICIES)
    # An editor may drop what it had of a text that is opened.
    await editor.until(lambda: editor.published.count(uri) > told)
    assert editor.told(POLICIES) == [("raise", "error-raised")]
    editor.close(POLICIES)
    text = (editor.root / POLICIES).read_text("utf-8")
    editor.open(POLICIES, text.replace("raise ", "return None\n        raise ", 1))
    await editor.until(lambda: editor.diagnostics[uri] == [])
