"""Spans of smolagents, one case a construct."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

BENCH = """
import mlflow
from smolagents import CodeAgent, Tool, ToolCallingAgent, tool

@tool
def find_wood(kind): ...

@tool
def cut(length, width): ...

@tool
def saw(length, width): ...

class Glue(Tool):
    name = "glue"

    def forward(self, boards): ...

carpenter = ToolCallingAgent(tools=[find_wood, Glue()], name="carpenter")
sawyer = ToolCallingAgent(tools=[saw], name="sawyer")
coder = CodeAgent(tools=[find_wood])
"""

CASES = {
    "tools without a name, told by their arguments": (
        BENCH,
        """
        ToolCallingAgent.run AGENT (task) name=carpenter        -> module:18 strong
          SimpleTool.__call__ TOOL (kwargs=kind)                -> find_wood strong
          Glue.__call__ TOOL (kwargs=boards)                    -> Glue.forward strong
          FinalAnswerTool.__call__ TOOL (kwargs=answer)         -> library
        """,
    ),
    "tools of one signature, told by the agent that holds one of them": (
        BENCH,
        """
        ToolCallingAgent.run AGENT (task) name=sawyer           -> module:19 strong
          SimpleTool.__call__ TOOL (kwargs=length+width)        -> saw strong
        """,
    ),
    "tools of one signature, and nothing that tells them apart": (
        BENCH,
        "SimpleTool.__call__ TOOL (kwargs=length+width)         -> ? cut, saw",
    ),
    "an agent without a name, and its model": (
        BENCH,
        """
        CodeAgent.run AGENT (task)                              -> module:20 strong
          OpenAIModel.__call__ CHAT_MODEL (messages) smolagents -> module:20 strong
        """,
    ),
    "an agent that is built elsewhere": (
        BENCH,
        "ToolCallingAgent.run AGENT (task) name=stranger        -> unknown",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_smolagents(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
