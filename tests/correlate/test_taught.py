"""Taught names come before what rules of frameworks and names in the code say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check
from tracegloss.model.settings import Settings

SOURCE = """
import mlflow
from langgraph.graph import StateGraph
from langchain_core.tools import tool

def _load(state): ...
def _score(state): ...

STEPS = {"load": _load, "score": _score}

def build(order):
    graph = StateGraph(dict)
    for step in order:
        graph.add_node(step, STEPS[step])
    return graph.compile(name="steps")

@tool
def search(query): ...

class Remote:
    def search(self, query): ...

@mlflow.trace
def rate(answer): ...
"""

CASES: dict[str, tuple[dict[str, str], str]] = {
    "a node whose callable is looked up when the program runs": (
        {"score": "app:_score"},
        """
        steps CHAIN (x) integration=langgraph  -> build:14 strong
          score CHAIN (x) node=score           -> _score exact
        """,
    ),
    "a function that the rule would pass over": (
        {"sea*": "app:Remote.search"},
        "search TOOL (query) integration=langgraph -> Remote.search exact",
    ),
    "a span that nothing in the code names": (
        {"step:?": "app:_load"},
        "step:1 UNKNOWN -> _load exact",
    ),
    "another name stays as it was": (
        {"step:?": "app:_load"},
        "search TOOL (query) integration=langgraph -> search strong",
    ),
    "a symbol that is not there teaches nothing": (
        {"search": "app:Remote.find"},
        "search TOOL (query) integration=langgraph -> search strong",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_taught_name(case: str, tmp_path: Path) -> None:
    names, trace = CASES[case]
    (tmp_path / "pyproject.toml").touch()
    check(tmp_path, SOURCE, trace, Settings(names=names))
