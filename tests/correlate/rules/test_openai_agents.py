"""Spans of OpenAI's agents, one case a construct."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

OFFICE = """
import mlflow
from agents import Agent, Runner, custom_span, function_tool, input_guardrail, trace

@function_tool(name_override="find_desk")
def search_desk(context, floor): ...

@input_guardrail
async def is_polite(context, agent, text): ...

desk = Agent(name="Desk Agent", tools=[search_desk], input_guardrails=[is_polite])
front = Agent(name="Front Desk", handoffs=[desk])

async def ask(question):
    return await Runner.run(front, question)

def ask_desk(question):
    with trace("At the desk"):
        with custom_span("choose"):
            return Runner.run_sync(desk, question)
"""

BANK = """
import mlflow
from agents import Agent, Runner, function_tool

@function_tool
@mlflow.trace
def card_limit(number): ...

clerk = Agent[dict](name="Clerk", tools=[card_limit])

def ask(question):
    return Runner.run_sync(clerk, question)

async def stream(question):
    return Runner.run_streamed(clerk, question)
"""

CASES = {
    "an agent with a word on its context, a tool that MLflow traces as well": (
        BANK,
        """
        AgentRunner.run AGENT mlflow.openai.agent_run_root=true           -> ask:11 strong
          "Bank desk" CHAIN                                               -> unknown
            Clerk AGENT handoffs=x tools=x output_type=str                -> module:8 strong
              Unknown CHAIN                                               -> library
                card_limit TOOL (number)                                  -> card_limit strong
                  card_limit TOOL (number) fn=card_limit                  -> card_limit exact
                Handoff CHAIN (from_agent)                                -> module:8 strong
        """,
    ),
    "a streamed run": (
        BANK,
        "AgentRunner.run_streamed AGENT mlflow.openai.agent_run_root=true -> stream:14 strong",
    ),
    "a run, told by the agent it starts": (
        OFFICE,
        """
        AgentRunner.run AGENT mlflow.openai.agent_run_root=true                 -> ask:14 strong
          "Agent workflow" CHAIN                                                -> library
            "Front Desk" AGENT handoffs=x tools=x output_type=str               -> module:11 strong
              Unknown CHAIN                                                     -> library
                Response CHAT_MODEL openai-agent                                -> module:11 strong
                Handoff CHAIN (from_agent)                                      -> module:11 strong
        """,
    ),
    "an agent's tools and guardrails": (
        OFFICE,
        """
        "Desk Agent" AGENT handoffs=x tools=x output_type=str                   -> module:10 strong
          is_polite GUARDRAIL                                                   -> is_polite strong
          Unknown CHAIN                                                         -> library
            find_desk TOOL (floor)  -> search_desk strong
        """,
    ),
    "a run after whose handoff several calls fit": (
        OFFICE,
        """
        AgentRunner.run AGENT mlflow.openai.agent_run_root=true          -> ? ask:14, ask_desk:19
          "Front Desk" AGENT handoffs=x tools=x output_type=str          -> module:11 strong
          "Desk Agent" AGENT handoffs=x tools=x output_type=str          -> module:10 strong
        """,
    ),
    "spans opened by hand": (
        OFFICE,
        """
        "At the desk" AGENT                                                     -> ask_desk strong
          choose CHAIN                                                          -> ask_desk exact
        """,
    ),
    "an agent that is built elsewhere": (
        OFFICE,
        '"Other Agent" AGENT handoffs=x tools=x output_type=str -> other-repository',
    ),
    "a span of one's own called like a step of the runner": (
        """
        import mlflow
        from agents import Agent

        def main():
            with mlflow.start_span("Unknown"):
                pass
        """,
        "Unknown CHAIN -> main weak",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_openai_agents(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
