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

PROJECT = """
# --- path: app.py ---
import mlflow
from crewai import Agent, Crew, Task
from crewai.project import CrewBase, agent, crew, task

@CrewBase
class Weekly:
    @agent
    def photographer(self):
        return Agent(config=self.agents_config["photographer"])

    @agent
    def designer(self):
        return Agent(config=self.agents_config["designer"])

    @task
    def shoot(self):
        return Task(config=self.tasks_config["shoot"])

    @crew
    def crew(self):
        return Crew(agents=self.agents, tasks=self.tasks)

def daily(topic):
    edit = Task(description="Edit it.", expected_output="A text.")
    check = Task(description="Check it.", expected_output="A text.")
    return Crew(tasks=[edit, check])
# --- path: config/agents.yaml ---
photographer:
  role: >
    Senior Photographer
  goal: Take pictures.
designer:
  role: "Designer of {topic} pages"
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
    "agents by the roles that YAML tells, crews by their tasks, a task by its description": (
        PROJECT,
        """
        Crew.kickoff CHAIN (inputs)                              -> Weekly.crew:20 strong
          shoot CHAIN (context)                                  -> Weekly.shoot strong
            "Senior Photographer" AGENT (task)                   -> Weekly.photographer:8 strong
            "Designer of rain pages" AGENT (task)                -> Weekly.designer:12 strong
              CrewAgentExecutor._save_to_memory MEMORY (output)  -> library
            "Designer of nothing" AGENT (task)                   -> unknown
        Crew.kickoff CHAIN (inputs)                              -> daily:26 strong
          Task.execute_sync CHAIN (context) description="Check it." -> daily:25 strong
          Task.execute_sync CHAIN (context) description="Edit it." -> daily:24 strong
          "Crew Manager" AGENT (task)                            -> library
          Task.execute_sync CHAIN (context)                      -> ? daily:24, daily:25
        """,
    ),
    "a task and an agent whose YAML is not there": (
        CREW,
        """
        lay_out CHAIN (context)                                  -> Weekly.lay_out strong
          "Page Designer" AGENT (task)                           -> Weekly.designer:21 strong
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_crewai(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
