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
          stranger AGENT (message)                               -> unknown
            chat_completion LLM (messages) ag2                   -> library
          guide AGENT (message)                                  -> module:6 strong
            chat_completion LLM (messages) ag2                   -> module:6 strong
            rate TOOL (place)                                    -> rate strong
        """,
    ),
    "twins told by who meets, names from factories and subclasses, renamed imports": (
        """
        import mlflow
        from autogen import AssistantAgent, ConversableAgent, GroupChatManager
        from autogen import register_function as give

        class Cashier(ConversableAgent):
            def __init__(self, till):
                super().__init__(f"cashier_{till}")

        def clerk(name):
            return AssistantAgent(name=name)

        def rate(place): ...

        GUIDE = ConversableAgent("guide")
        GUEST = ConversableAgent("guest")

        def here():
            guide, porter = ConversableAgent("guide"), clerk("porter")
            give(rate, caller=guide, executor=GUEST)
            GUEST.initiate_chat(porter, message="open?")
            GUEST.initiate_chat(Cashier(3), message="pay")
            GUEST.initiate_chat(GroupChatManager(None), message="all")
            GUEST.initiate_chat(guide, message="where?")

        def there():
            return GUEST.initiate_chat(GUIDE, message="what?")
        """,
        """
        initiate_chat UNKNOWN (recipient) recipient=porter ag2   -> here:20 strong
          porter AGENT (message)                                 -> clerk:10 strong
            chat_completion LLM (messages) ag2                   -> clerk:10 strong
        initiate_chat UNKNOWN (recipient) recipient=chat_manager ag2 -> here:22 weak
        cashier_7 AGENT (message)                                -> Cashier.__init__:7 strong
        rate TOOL (place) ag2                                    -> rate strong
        initiate_chat UNKNOWN (recipient) recipient=guide ag2    -> ? here:23, there:26
          guide AGENT (message)                                  -> ? here:18, module:14
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_autogen(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
