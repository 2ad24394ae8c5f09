"""Every feature that only looks, once, over the wire, on traces that were really recorded."""

from __future__ import annotations

import pytest
from lsprotocol import types

from tests.lsp.editor import Editor

pytestmark = pytest.mark.asyncio(loop_scope="module")

KB, POLICIES = "retrieval/kb.py", "tools/policies.py"


def line_of(editor: Editor, path: str, text: str) -> int:
    lines = (editor.root / path).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines) if text in line)


async def test_findings_stand_on_one_token_each_and_nowhere_else(reading: Editor) -> None:
    await reading.until(lambda: len(reading.diagnostics) == 2)
    assert {path: reading.told(path) for path in (KB, POLICIES)} == {
        KB: [
            ("search_knowledge_base", "assessment-failed"),
            ("search_knowledge_base", "expectation-unmet"),
            ("search_knowledge_base", "retrieval-missing-term"),
        ],
        POLICIES: [("raise", "error-raised")],
    }


async def test_a_hover_tells_what_went_wrong_in_and_out_and_why_this_line(reading: Editor) -> None:
    line = line_of(reading, KB, "def search_knowledge_base")
    said = await reading.hover(KB, line, 8)
    parts = [
        "**`search_knowledge_base`**",
        "retrieval_relevance",
        "```text",
        "kb://ship-001",
        "*Exact*",
    ]
    places = [said.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert await reading.hover(KB, 0, 0) == ""


async def test_hints_stand_at_lines_that_ran(reading: Editor) -> None:
    line = line_of(reading, KB, "def search_knowledge_base")
    assert [(at, said.split(" · ")[0]) for at, said in await reading.hints(KB)] == [
        (line, "1 call")
    ]
    await reading.until(lambda: "hints" in reading.refreshed)


async def test_actions_are_offered_at_a_finding(reading: Editor) -> None:
    uri = reading.open(KB)
    await reading.until(lambda: reading.told(KB))
    at = reading.diagnostics[uri][0].range
    asked = types.CodeActionParams(
        types.TextDocumentIdentifier(uri), at, types.CodeActionContext(reading.diagnostics[uri])
    )
    found = await reading.client.text_document_code_action_async(asked)
    titles = [action.title for action in found]
    assert titles[0] == "Ignore assessment-failed here"
    assert any(title.startswith("Pin this trace") for title in titles)
    [ignored] = [d.code for action in found[:1] for d in action.diagnostics]
    assert ignored == "assessment-failed"


async def test_a_pasted_stack_frame_leads_to_its_line(reading: Editor) -> None:
    line = line_of(reading, POLICIES, "raise ")
    uri = reading.open(
        "notes.txt", f'  File "/elsewhere/{POLICIES}", line {line + 1}, in x\n', "text"
    )
    [found] = await reading.client.text_document_definition_async(
        types.DefinitionParams(types.TextDocumentIdentifier(uri), types.Position(0, 5))
    )
    assert (found.uri, found.range.start.line) == (reading.uri(POLICIES), line)


async def test_spans_are_symbols_of_the_workspace(reading: Editor) -> None:
    found = await reading.client.workspace_symbol_async(types.WorkspaceSymbolParams("search_know"))
    assert [(each.name, each.location.uri) for each in found] == [
        ("search_knowledge_base", reading.uri(KB))
    ]


async def test_traces_are_listed_with_what_is_loaded(reading: Editor) -> None:
    listed = await reading.ask("tracegloss/traces/list", {"limit": 1})
    assert [(each.state, each.isLoaded) for each in listed.traces] == [("ERROR", True)]
    assert (listed.experiment, listed.hasMore) == ("support_agent", True)
    found = await reading.ask("tracegloss/traces/search", {"state": "OK"})
    assert [each.state for each in found.traces] == ["OK"]


async def test_spans_come_in_pages_with_their_places(reading: Editor) -> None:
    [trace] = (await reading.ask("tracegloss/traces/list", {"limit": 1})).traces
    first = await reading.ask("tracegloss/traces/spans", {"traceId": trace.traceId, "limit": 1})
    rest = await reading.ask("tracegloss/traces/spans", {"traceId": trace.traceId, "offset": 1})
    assert len(first.rows) + len(rest.rows) == first.total == rest.total
    [root] = first.rows
    named = {"traceId": trace.traceId, "spanId": root.spanId}
    located = await reading.ask("tracegloss/spanLocation", named)
    assert (located.outcome, located.place.uri) == ("resolved", root.place.uri)
    detail = await reading.ask("tracegloss/span/detail", named)
    assert "A-1009" in detail.inputs.text
    assert detail.exceptions[0].type == "PolicyError"
