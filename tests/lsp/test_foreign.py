"""Traces of other code in the same experiment: listed as such, shown nowhere, loaded when asked."""

from __future__ import annotations

from pathlib import Path

from tests.lsp.conftest import record_other
from tests.lsp.editor import editing


async def test_traces_of_other_code_are_listed_as_such_and_painted_nowhere(agent: Path) -> None:
    record_other(agent)
    async with editing(agent) as editor:
        await editor.loaded(2)
        listed = (await editor.ask("tracegloss/traces/list", {})).traces
        assert [(each.name, each.isForeign, each.isLoaded) for each in listed] == [
            ("weather", True, False),
            ("support_agent", False, True),
            ("support_agent", False, True),
        ]
        await editor.ask("tracegloss/traces/load", {"traceIds": [listed[0].traceId]})
        await editor.loaded(3)
