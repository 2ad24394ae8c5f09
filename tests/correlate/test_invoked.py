"""Graphs that are built in one place and run from another: which calls may have run them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.outlines import _timed
from tests.index.repositories import index_text
from tests.spans import info_of
from tracegloss.correlate import correlate
from tracegloss.model.resolution import Resolved
from tracegloss.model.settings import Settings
from tracegloss.model.site import spot
from tracegloss.model.trace import Span, SpanStatus, Trace
from tracegloss.recorded import Recorded
from tracegloss.tree import span_tree

SOURCE = """\
# --- path: graphs.py ---
import mlflow
from langgraph.graph import StateGraph

def build():
    graph = StateGraph(dict)
    return graph.compile(name="desk")

def other():
    return StateGraph(dict).compile(name="other")

@mlflow.trace
def served(question):
    return build().invoke({"question": question})

UNRUN = StateGraph(dict).compile(name="unrun")
# --- path: main.py ---
import mlflow
from graphs import build, other

mlflow.langchain.autolog()
desk = build()
desk.invoke({})
for part in desk.stream({}):
    print(part)
other().invoke({})
model.invoke("no graph")
"""

CASES = {
    "several calls": (["desk"], ["graphs.py:13", "main.py:6", "main.py:7"], None),
    "one call": (["other"], ["main.py:9"], "main.py:9"),
    "the call of the function above": (["served()", "desk"], ["graphs.py:13"], "graphs.py:13"),
    "none that is known": (["unrun"], [], None),
}


@pytest.mark.parametrize("case", CASES)
def test_the_calls_that_may_have_run_it(case: str, tmp_path: Path) -> None:
    names, calls, entered = CASES[case]
    index = index_text(tmp_path, SOURCE).index
    spans = [_span(name, depth) for depth, name in enumerate(names)]
    trace = Trace(info_of(), tuple(_timed(spans)))
    found = correlate(trace, span_tree(trace), index, {}, Settings())
    last = found.resolutions[spans[-1].span_id]
    assert isinstance(last, Resolved)
    assert sorted(map(spot, found.invoked.get(spans[-1].span_id, ()))) == calls
    assert (None if last.called_from is None else spot(last.called_from)) == entered


def _span(name: str, depth: int) -> Span:
    is_traced = name.endswith("()")
    return Span(
        span_id=f"{depth:016x}",
        parent_id=f"{depth - 1:016x}" if depth else None,
        name=Recorded(name.removesuffix("()")),
        type=Recorded("UNKNOWN" if is_traced else "CHAIN"),
        status=SpanStatus.OK,
        status_message=None,
        start_ns=depth * 10,
        end_ns=None,
        function_name=Recorded(name.removesuffix("()")) if is_traced else None,
        inputs=Recorded({"question": "?"}),
        outputs=None,
        attributes=Recorded({} if is_traced else {"metadata": {"ls_integration": "langgraph"}}),
    )
