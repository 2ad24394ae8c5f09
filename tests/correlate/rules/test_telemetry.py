"""Spans that came over OTLP: OpenTelemetry's own, Traceloop's, OpenInference's, Logfire's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

PLAIN = """
from opentelemetry import trace

tracer = trace.get_tracer(__name__)

@tracer.start_as_current_span("load")
def load(key):
    with tracer.start_as_current_span("db.query"):
        return key

def refresh(key):
    with tracer.start_as_current_span("db.query"):
        return key

def answer(question, model):
    with tracer.start_as_current_span(f"chat {model}"):
        span = tracer.start_span("execute_tool find")
        load(question)
        refresh(question)
"""

FLOW = """
from traceloop.sdk.decorators import agent, task, tool, workflow

@workflow(name="trip planner")
def plan(city):
    return rate(city)

@tool()
def rate(city): ...

class Guide:
    @task()
    def describe(self, city): ...

@agent(name="booker", method_name="run")
class Booker:
    def run(self, city): ...
"""

INFERENCE = """
from openinference.instrumentation import TracerProvider

tracer = TracerProvider().get_tracer("desk")

@tracer.chain
def lend(title):
    with tracer.start_as_current_span("stamp"):
        return find(title)

@tracer.tool(name="shelf finder")
def find(title): ...

class Librarian:
    @tracer.agent
    async def recommend(self, topic): ...
"""

CASES = {
    "spans that a tracer opened, with a name, a pattern, by hand, under a decorator": (
        PLAIN,
        """
        "chat small" CHAT_MODEL gen_ai.operation.name=chat               -> answer strong
          "execute_tool find" TOOL gen_ai.operation.name=x               -> answer exact
          load NONE                                                      -> load strong
            db.query NONE                                                -> load strong
          db.query NONE                                                  -> ? load, refresh
        """,
    ),
    "a span of MLflow's own client is of none of them": (PLAIN, "load UNKNOWN -> unknown"),
    "a tool that the conventions name, which only a framework knows": (
        """
        from langchain.tools import tool
        import opentelemetry

        @tool
        def find(key): ...
        """,
        """
        "execute_tool find" TOOL (key) gen_ai.operation.name=x gen_ai.tool.name=find -> find strong
        "execute_tool gone" TOOL gen_ai.operation.name=x gen_ai.tool.name=gone -> other-repository
        """,
    ),
    "entities of Traceloop's": (
        FLOW,
        """
        "trip planner.workflow" WORKFLOW (args, kwargs) traceloop.span.kind=w traceloop.entity.name="trip planner" -> plan strong
          rate.tool TOOL (args, kwargs) traceloop.span.kind=t traceloop.entity.name=rate -> rate strong
        Guide.describe.task TASK (args, kwargs) traceloop.span.kind=t traceloop.entity.name=Guide.describe -> Guide.describe strong
        booker.agent AGENT (args, kwargs) traceloop.span.kind=a traceloop.entity.name=booker -> Booker.run strong
        other.task TASK (args, kwargs) traceloop.span.kind=t traceloop.entity.name=other -> library
        """,  # noqa: E501
    ),
    "functions that a tracer of OpenInference's decorates": (
        INFERENCE,
        """
        lend CHAIN openinference.span.kind=CHAIN                              -> lend strong
          stamp CHAIN openinference.span.kind=CHAIN                           -> lend exact
            "shelf finder" TOOL (title) openinference.span.kind=TOOL          -> find strong
        Librarian.recommend AGENT openinference.span.kind=AGENT -> Librarian.recommend strong
        """,
    ),
    "a message of Logfire's": (
        """
        import logfire

        @logfire.instrument("cook {dish}")
        def cook(dish):
            with logfire.span("serve {dish}", dish=dish):
                ...
        """,
        """
        "cook {dish}" NONE logfire.msg_template=x                             -> cook strong
          "serve {dish}" NONE logfire.msg_template=x                          -> cook exact
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_that_came_over_otlp(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
