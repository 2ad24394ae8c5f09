"""Spans of PydanticAI, one case a construct."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check
from tracegloss.correlate.features import called_within
from tracegloss.model.trace import Span, SpanStatus
from tracegloss.recorded import JsonValue, Recorded

DESK = """
import mlflow
from pydantic_ai import Agent, RunContext, Tool
from pydantic_ai.toolsets import FunctionToolset

guide = Agent("m", name="guide")
clerk = Agent("m")

@guide.tool
def search(ctx: RunContext[str], query): ...

@clerk.tool_plain(name="search")
def find(query): ...

def lock(door): ...

@mlflow.trace
async def show(question):
    return await guide.run(question)

@mlflow.trace
def write(question):
    return clerk.run_sync(question)

@mlflow.trace
async def close(agent, question):
    keeper = Agent("m", name="keeper", tools=[Tool(lock, name="lock_up")])
    await keeper.run(question)
    return await agent.run(question)
"""

CASES = {
    "a run is the call that begins it, its model's requests are its own": (
        DESK,
        """
        show UNKNOWN (question) fn=show                              -> show exact
          Agent.run AGENT (user_prompt) pydantic_ai name=guide       -> show:18 strong
            Model.request LLM (messages) pydantic_ai                 -> show:18 strong
            search TOOL (query)                                      -> search strong
        """,
    ),
    "tools of one name are told apart by the agent": (
        DESK,
        """
        write UNKNOWN (question) fn=write                            -> write exact
          Agent.run_sync AGENT (user_prompt) pydantic_ai             -> write:22 strong
            Agent.run AGENT (user_prompt, infer_name) pydantic_ai    -> library
              Model.request LLM (messages) pydantic_ai               -> write:22 strong
              search TOOL (query)                                    -> find strong
              search.validation PARSER (query)                       -> find strong
        """,
    ),
    "agents are told apart by the names they were given": (
        DESK,
        """
        close UNKNOWN (agent, question) fn=close                     -> close exact
          Agent.run AGENT (user_prompt) pydantic_ai name=keeper      -> close:27 strong
            lock_up TOOL (door)                                      -> lock strong
          Agent.run AGENT (user_prompt) pydantic_ai name=other       -> close:28 strong
        """,
    ),
    "without a span above, the only run outside of traced functions": (
        """
        from pydantic_ai import Agent
        import mlflow

        agent = Agent("m")

        @mlflow.trace
        def traced(question):
            return agent.run_sync(question)

        def plain(question):
            return agent.run_sync(question)
        """,
        "Agent.run_sync AGENT (user_prompt) pydantic_ai -> plain:11 strong",
    ),
    "an agent that no known call runs is where it is built": (
        """
        import mlflow
        from pydantic_ai import Agent

        agent = Agent("m", name="loner")
        """,
        "Agent.run AGENT (user_prompt) pydantic_ai name=loner -> module:4 strong",
    ),
    "tools of servers are of other code": (
        DESK,
        """
        MCPToolset.list_tools TOOL                     -> library
        MCPToolset.direct_call_tool TOOL (name, args)  -> other-repository
        """,
    ),
    "other things that run": (
        """
        import subprocess
        import mlflow
        from pydantic_ai import Agent

        @mlflow.trace
        def start(program):
            return subprocess.run(program)
        """,
        """
        start UNKNOWN (program) fn=start                -> start exact
          Agent.run AGENT (user_prompt) pydantic_ai     -> library
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_pydantic_ai(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)


CALL: dict[str, JsonValue] = {"tool_name": "search", "args": {}}
INPUTS: dict[str, tuple[JsonValue, str | None]] = {
    "a call": ({"call": CALL, "approved": False}, "search"),
    "a call that was validated": ({"validated": {"call": CALL}}, "search"),
    "a call of version 1.63 and later": ("{'validated': {'call': ToolCallPart(tool_name='s'", "s"),
    "nothing": ({}, None),
    "other text": ("ToolCallPart", None),
}


@pytest.mark.parametrize("case", INPUTS)
def test_tools_that_inputs_alone_name(case: str) -> None:
    inputs, name = INPUTS[case]
    span = Span(
        span_id="1" * 16,
        parent_id=None,
        name=Recorded("ToolManager.execute_tool_call"),
        type=Recorded("TOOL"),
        status=SpanStatus.OK,
        status_message=None,
        start_ns=0,
        end_ns=1,
        function_name=None,
        inputs=Recorded(inputs),
        outputs=None,
        attributes=Recorded({}),
    )
    assert called_within(span) == (() if name is None else (("tool", name),))
