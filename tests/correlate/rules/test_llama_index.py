"""Spans of LlamaIndex, one case a construct."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

SHELVES = """
import mlflow
from llama_index.core.agent.workflow import ReActAgent
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.tools import FunctionTool
from llama_index.core.workflow import Workflow, step
from llama_index.llms.openai import OpenAI

class Lending(Workflow):
    @step
    async def search(self, ev): ...

    @step(num_workers=2)
    async def stamp(self, ev): ...

class Engine(CustomQueryEngine):
    def custom_query(self, query_str):
        return OpenAI(model="m").complete(query_str)

def find(shelf): ...

def _keep(title): ...

keep = FunctionTool.from_defaults(_keep, name="keep_book")

@mlflow.trace
async def advise(question):
    agent = ReActAgent(tools=[find, keep])
    return await agent.run(question)
"""

CASES = {
    "a workflow and its steps": (
        SHELVES,
        """
        Lending.run CHAIN (title)                                -> Lending:8 strong
          Lending.search CHAIN (ev)                              -> Lending.search strong
          Lending.stamp CHAIN (ev)                               -> Lending.stamp strong
        """,
    ),
    "a query engine of one's own, and its model": (
        SHELVES,
        """
        Engine.query CHAIN (str_or_query_bundle)                 -> Engine.custom_query strong
          Engine.custom_query CHAIN (query_str)                  -> Engine.custom_query strong
            OpenAI.complete LLM (args) llamaindex                -> Engine.custom_query:17 strong
        """,
    ),
    "an agent's run, its own steps, its model and its tools": (
        SHELVES,
        """
        advise UNKNOWN (question) fn=advise                      -> advise exact
          ReActAgent.run AGENT (user_msg)                        -> advise:28 strong
            BaseWorkflowAgent.run_agent_step CHAIN (ctx, ev)     -> library
              OpenAI.astream_chat CHAT_MODEL (messages) llamaindex -> advise:28 strong
            BaseWorkflowAgent.call_tool CHAIN (ctx, ev)          -> library
              FunctionTool.acall TOOL (kwargs=shelf) name=find   -> find strong
              FunctionTool.acall TOOL (kwargs=title) name=keep_book -> _keep strong
              FunctionTool.acall TOOL (kwargs=x) name=stranger   -> other-repository
        """,
    ),
    "a class of one's own with such a method, in a repository without LlamaIndex": (
        """
        import mlflow

        class Lending:
            def run(self, title): ...
        """,
        "Lending.run CHAIN (title)                               -> unknown",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_llama_index(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
