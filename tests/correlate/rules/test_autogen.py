"""Spans of AutoGen's AgentChat and of AG2, one case a construct."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

CASES = {
    "an agent's run, its messages, its model": (
        """
        import mlflow
        from autogen_agentchat.agents import AssistantAgent

        planner = AssistantAgent("planner", model_client=None)
        critic = AssistantAgent(name="critic", model_client=None)
        """,
        """
        planner.run AGENT (task)                                 -> module:4 strong
          planner.on_messages AGENT (messages)                   -> module:4 strong
            Client.create LLM (messages) autogen                 -> module:4 strong
        critic.on_messages AGENT (messages)                      -> module:5 strong
        Client.create LLM (messages) autogen                     -> library
        stranger.run AGENT (task)                                -> unknown
        """,
    ),
    "a chat of AG2's": (
        """
        import mlflow
        from autogen import ConversableAgent, register_function

        def rate(place): ...

        guide = ConversableAgent(name="guide")
        tourist = ConversableAgent("tourist")
        register_function(rate, caller=guide, executor=tourist)

        def travel():
            return tourist.initiate_chat(guide, message="Where to?")
        """,
        """
        initiate_chat UNKNOWN (message)                          -> travel:11 strong
          guide AGENT (message)                                  -> module:6 strong
            chat_completion LLM (messages) ag2                   -> module:6 strong
            rate TOOL (place)                                    -> rate strong
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_autogen(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
