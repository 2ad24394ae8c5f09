"""Traces that come together are shown together."""

from __future__ import annotations

import json
from pathlib import Path

from tests.lsp.editor import editing
from tests.lsp.test_margin import FIXTURES, findings, opened, told

CASE = FIXTURES / "ide" / "several_traces" / "case.json"


async def test_each_text_is_sent_once_however_many_traces_come(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    traces, marked = opened(CASE, folder)
    together = tmp_path / "together.jsonl"
    written = [json.dumps(json.loads(each.read_text("utf-8"))) for each in traces]
    together.write_text("\n".join(written), "utf-8")
    async with editing(folder, options={"follow": "off"}) as editor:
        await editor.ask("tracegloss/openTraceFile", {"uri": together.as_uri()})
        await editor.until(lambda: told(editor, folder) == findings(marked))
        assert sorted(editor.published) == sorted(editor.uri(name) for name in findings(marked))
