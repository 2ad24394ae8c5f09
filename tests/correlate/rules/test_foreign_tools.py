"""Tools and agents that are defined elsewhere: catalogs, MCP servers, remote agents."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

AGENTS = """
import mlflow
from agents import Agent, Runner, function_tool
from agents.mcp import MCPServerStdio

@function_tool
def refund(invoice): ...

@mlflow.trace
async def main(question):
    clerk = Agent(name="Clerk", tools=[refund], mcp_servers=[MCPServerStdio(params={})])
    return await Runner.run(clerk, question)
"""

NAMED = """
import mlflow
from agents import Agent, FunctionTool

async def run(context, arguments): ...

def make(name):
    return FunctionTool(name=name, on_invoke_tool=run)

clerk = Agent(name="Clerk")
"""

GRAPH = """
import mlflow
from langchain_core.tools import tool
from langgraph.graph import StateGraph
from langgraph.prebuilt import ToolNode
from databricks_langchain import UCFunctionToolkit

@tool
def refund(invoice): ...

def build():
    tools = [refund, *UCFunctionToolkit(function_names=["main.shop.stock"]).tools]
    graph = StateGraph(dict)
    graph.add_node("tools", ToolNode(tools))
    return graph.compile(name="shop")
"""

CASES = {
    "a tool of an MCP server below an agent of OpenAI's": (
        AGENTS,
        """
        main UNKNOWN (question) fn=main                        -> main exact
          Clerk AGENT (x) handoffs=h tools=t output_type=o     -> main:10 strong
            Unknown CHAIN                                      -> library
              stock TOOL (item)                                -> other-repository
              refund TOOL (invoice)                            -> refund strong
        """,
    ),
    "a tool that no framework ran stays unknown": (
        AGENTS,
        """
        main UNKNOWN (question) fn=main                        -> main exact
          stock TOOL (item)                                    -> unknown
        """,
    ),
    "nor one that may be registered here under a variable name": (
        NAMED,
        """
        Clerk AGENT (x) handoffs=h tools=t output_type=o       -> module:9 strong
          Unknown CHAIN                                        -> library
            stock TOOL (item)                                  -> unknown
        """,
    ),
    "a function of a catalog in a tool node": (
        GRAPH,
        """
        shop CHAIN (x) integration=langgraph                   -> build:14 strong
          tools CHAIN (x) node=tools                           -> build:13 strong
            main__shop__stock TOOL (item) node=tools           -> other-repository
            refund TOOL (invoice) node=tools                   -> refund strong
        """,
    ),
    "an agent that is built elsewhere": (
        AGENTS,
        "Stranger AGENT (x) handoffs=h tools=t output_type=o    -> other-repository",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_defined_elsewhere(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
