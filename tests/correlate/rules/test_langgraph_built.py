"""Graphs that are put together at run time: from tables, by loops, in classes and factories."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

TABLE = """
import mlflow
from langgraph.graph import StateGraph

def fences(state): ...
def drains(state): ...

STEPS = {"fence": {"run": fences}, "drain": {"run": drains}}

def steps():
    return {key: (f"{key} step", told["run"]) for key, told in STEPS.items()}

def build(chosen=None):
    graph = StateGraph(dict)
    found = steps()
    for key in chosen or list(found):
        name, run = found[key]
        graph.add_node(name, run)
    return graph

app = build().compile()
"""

FACTORIES = """
import mlflow
from langgraph.graph import StateGraph

def make_writer(llm):
    def node(state):
        return llm.invoke(state)
    return node

def make_reader(llm):
    def node(state):
        return llm.invoke(state)
    return node

class Logic:
    def after_write(self, state): ...
    def after_read(self, state): ...

class Setup:
    def __init__(self, llm):
        self.llm = llm
        self.logic = Logic()
        self.graph = StateGraph(dict)

    def add(self):
        nodes = {}
        nodes["write"] = make_writer(self.llm)
        nodes["read"] = make_reader(self.llm)
        for kind, node in nodes.items():
            self.graph.add_node(f"{kind.title()} Clerk", node)
            self.graph.add_conditional_edges(kind, getattr(self.logic, f"after_{kind}"))

    def build(self):
        self.add()
        return self.graph.compile()
"""

METHODS = """
import mlflow
from langgraph.graph import StateGraph

class Flow:
    def build(self):
        graph = StateGraph(dict)
        for name in ("fetch", "grade"):
            graph.add_node(name, getattr(self, name))
        return graph.compile(name="flow")

    def fetch(self, state): ...
    def grade(self, state): ...
"""

PATTERNS = """
import mlflow
from langchain_core.tools import BaseTool, tool
from langgraph.graph import StateGraph

class Sensor(BaseTool):
    name: str = "sensor"
    def _run(self, field): ...

wet = Sensor(name="moisture", description="Water.")

def buyers(region):
    @tool(f"buyers_{region}")
    def find(crop): ...
    return find

def build(kinds, nodes):
    graph = StateGraph(dict)
    for kind in kinds:
        graph.add_node(f"tools_{kind}", nodes[kind])
    return graph.compile(name="farm")
"""

CASES = {
    "names and functions of a table go together, whatever was chosen of it": (
        TABLE,
        """
        LangGraph CHAIN integration=langgraph   -> module:20 strong
          "fence step" CHAIN node="fence step"      -> fences strong
          "drain step" CHAIN node="drain step"      -> drains strong
        """,
    ),
    "nodes of factories, in a mapping filled key by key, on a member of the object": (
        FACTORIES,
        """
        LangGraph CHAIN integration=langgraph              -> Setup.build:34 strong
          "Write Clerk" CHAIN node="Write Clerk"               -> make_writer.<locals>.node strong
            after_write CHAIN node="Write Clerk"             -> Logic.after_write strong
          "Read Clerk" CHAIN node="Read Clerk"                 -> make_reader.<locals>.node strong
            after_read CHAIN node="Read Clerk"               -> Logic.after_read strong
        """,
    ),
    "methods by the names of their nodes": (
        METHODS,
        """
        flow CHAIN integration=langgraph  -> Flow.build:9 strong
          fetch CHAIN node=fetch          -> Flow.fetch strong
          grade CHAIN node=grade          -> Flow.grade strong
        """,
    ),
    "a name that is put together is a weak reason, parameters that fit another": (
        PATTERNS,
        """
        farm CHAIN integration=langgraph            -> build:20 strong
          tools_soil CHAIN node=tools_soil          -> build:19 weak
            moisture TOOL (field) node=tools_soil   -> Sensor._run strong
            buyers_north TOOL (crop) node=tools_soil -> buyers.<locals>.find strong
            weather TOOL (city) node=tools_soil     -> other-repository
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_graphs_built_at_run_time(case: str, tmp_path: Path) -> None:
    source, expected = CASES[case]
    check(tmp_path, source, expected)
