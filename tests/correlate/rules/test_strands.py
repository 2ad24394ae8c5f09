"""Spans of Strands, one case a construct."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

CASES = {
    "an agent, its loop, its model, its tools": (
        """
        import mlflow
        from strands import Agent, tool

        @tool
        def find_ship(name): ...

        @tool(name="book_berth")
        async def reserve(ship, days): ...

        master = Agent(name="Harbour Master", tools=[find_ship, reserve])
        """,
        """
        "invoke_agent Harbour Master" AGENT gen_ai.system=strands-agents gen_ai.agent.name="Harbour Master" -> module:10 strong
          execute_event_loop_cycle NONE gen_ai.system=strands-agents -> library
            chat CHAT_MODEL gen_ai.system=strands-agents -> module:10 strong
            "execute_tool find_ship" TOOL (name) gen_ai.system=strands-agents gen_ai.tool.name=find_ship -> find_ship strong
            "execute_tool book_berth" TOOL (ship, days) gen_ai.system=strands-agents gen_ai.tool.name=book_berth -> reserve strong
            "execute_tool gone" TOOL (x) gen_ai.system=strands-agents gen_ai.tool.name=gone -> other-repository
        """,  # noqa: E501
    ),
    "an agent without a name, and one that is built elsewhere": (
        """
        import mlflow
        from strands import Agent

        watch = Agent()
        """,
        """
        "invoke_agent Strands Agents" AGENT gen_ai.system=strands-agents gen_ai.agent.name="Strands Agents" -> module:4 strong
        "invoke_agent pilot" AGENT gen_ai.system=strands-agents gen_ai.agent.name=pilot -> other-repository
        """,  # noqa: E501
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_strands(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
