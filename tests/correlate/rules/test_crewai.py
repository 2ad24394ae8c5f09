"""Spans of CrewAI, one case a construct."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

CREW = """
import mlflow
from crewai import Agent, Crew, Task
from crewai.project import CrewBase, agent, task
from crewai.tools import BaseTool, tool

@tool("Archive Search")
def search(topic): ...

class Printer(BaseTool):
    name: str = "Printer"

    def _run(self, pages): ...

reporter = Agent(role="Reporter", tools=[search])
research = Task(name="research", agent=reporter)
crew = Crew(name="daily", agents=[reporter], tasks=[research])

@CrewBase
class Weekly:
    @agent
    def designer(self):
        return Agent(config=self.agents_config["designer"])

    @task
    def lay_out(self):
        return Task(config=self.tasks_config["lay_out"])
"""

CASES = {
    "a crew, a task, an agent, a model, tools": (
        CREW,
        """
        daily CHAIN (inputs)                                     -> module:16 strong
          research CHAIN (context)                               -> module:15 strong
            Reporter AGENT (task)                                -> module:14 strong
              gpt CHAT_MODEL (messages) crewai                   -> module:14 strong
              "Archive Search" TOOL (agent_action)               -> search strong
              archive_search TOOL (tool_name, tool_args=topic)   -> search strong
              printer TOOL (tool_name, tool_args=pages)          -> Printer._run strong
        """,
    ),
    "a task and an agent that stand in YAML": (
        CREW,
        """
        lay_out CHAIN (context)                                  -> Weekly.lay_out strong
          "Page Designer" AGENT (task)                           -> Weekly.designer:22 strong
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_crewai(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
