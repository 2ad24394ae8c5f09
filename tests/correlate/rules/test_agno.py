"""Spans of Agno, one case a construct."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

CASES = {
    "agents, a team, a model, tools": (
        """
        import mlflow
        from agno.agent import Agent
        from agno.team import Team
        from agno.tools import tool

        def find_train(city): ...

        @tool(name="book_seat")
        def reserve(train): ...

        clerk = Agent(name="Ticket Clerk", tools=[find_train, reserve])
        team = Team(name="Platform Team", members=[clerk])
        """,
        """
        Platform_Team.run AGENT openinference.span.kind=AGENT agent.name="Platform Team" -> module:12 strong
          Ticket_Clerk.arun AGENT openinference.span.kind=AGENT agent.name="Ticket Clerk" -> module:11 strong
            OpenAIChat.invoke LLM (messages) openinference.span.kind=LLM -> module:11 strong
            find_train TOOL (city) openinference.span.kind=TOOL tool.name=find_train -> find_train strong
            book_seat TOOL (train) openinference.span.kind=TOOL tool.name=book_seat -> reserve strong
            gone TOOL (x) openinference.span.kind=TOOL tool.name=gone -> other-repository
        """,  # noqa: E501
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_agno(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
