"""Which model call asked for a tool: the same id, else the tool's name and what it was given."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from tests.findings.builder import Raised, Spec, Surroundings, examined, said
from tests.findings.test_recorded import FIXTURES, traces
from tests.findings.test_recorded import examined as examined_trace
from tracegloss.recorded import JsonValue
from tracegloss.reveal import reveal

ROOT = Spec("run", 0, 900, at="app.py:1")
FIND: JsonValue = {"order_id": "A-1"}


def wants(name: str, arguments: JsonValue, call_id: str) -> JsonValue:
    """What a model of OpenAI's answers that asks for one tool."""
    function: JsonValue = {"name": name, "arguments": json.dumps(arguments)}
    message: JsonValue = {"tool_calls": [{"id": call_id, "function": function}]}
    return {"choices": [{"message": message}]}


def model(number: int, *requests: tuple[str, JsonValue, str]) -> Spec:
    outputs: list[JsonValue] = [wants(*request) for request in requests]
    start = 10 * number
    return Spec(f"m{number}", start, start + 5, "run", "CHAT_MODEL", outputs=outputs)


def tool(start: int, name: str = "find", inputs: JsonValue = FIND, **attributes: str) -> Spec:
    return Spec(name, start, start + 5, "run", "TOOL", inputs, attributes=attributes, id="tool")


ONE, TWO = model(1, ("find", FIND, "c1")), model(3, ("find", FIND, "c2"))
CASES: dict[str, tuple[list[Spec], str]] = {
    "the id decides, whatever the order": (
        [ONE, TWO, tool(40, tool_call_id="c1")],
        'm1 find(order_id="A-1")',
    ),
    "and whatever the tool's span is called": (
        [ONE, tool(40, "Order lookup", {"x": 1}, **{"gen_ai.tool.call.id": "c1"})],
        'm1 find(order_id="A-1")',
    ),
    "an id that came twice: the last time before": (
        [ONE, model(3, ("find", FIND, "c1")), tool(20, tool_call_id="c1")],
        'm1 find(order_id="A-1")',
    ),
    "an id within what was recorded of the call": (
        [ONE, TWO, tool(40, "run tool", {"validated": {"call": {"tool_call_id": "c1"}}})],
        'm1 find(order_id="A-1")',
    ),
    "an id that no model gave: not another one's request": (
        [ONE, tool(40, tool_call_id="c9")],
        "nobody",
    ),
    "without an id, the last request of the name": (
        [ONE, TWO, tool(40)],
        'm3 find(order_id="A-1")',
    ),
    "without an id, among parallel requests the one of these arguments": (
        [model(1, ("find", {"order_id": "B-2"}, "c1"), ("find", FIND, "c2")), tool(40)],
        'm1 find(order_id="A-1")',
    ),
    "other arguments: some other code called": (
        [model(1, ("find", {"order_id": "B-2"}, "c1")), tool(40)],
        "nobody",
    ),
    "a request that came later": ([tool(5), ONE], "nobody"),
    "another tool": ([model(1, ("refund", FIND, "c1")), tool(40)], "nobody"),
    "a name after the framework's own word": (
        [ONE, tool(40, "execute_tool find")],
        'm1 find(order_id="A-1")',
    ),
    "a model that asks for nothing": ([model(1), tool(40)], "nobody"),
}


@pytest.mark.parametrize("specs, expected", CASES.values(), ids=CASES)
def test_the_request_behind_a_tool(specs: list[Spec], expected: str) -> None:
    asked = examined([ROOT, *specs]).asked_by
    assert asked.keys() <= {"tool"}
    words = [f"{each.span_id} {said(each.message)}" for each in asked.values()]
    assert (words or ["nobody"]) == [expected]


SHAPES: dict[str, JsonValue] = {
    "openai": wants("find", FIND, "c1"),
    "openai responses": {
        "output": [
            {
                "type": "function_call",
                "id": "fc",
                "call_id": "c1",
                "name": "find",
                "arguments": "{}",
            }
        ]
    },
    "anthropic": {"content": [{"type": "tool_use", "id": "c1", "name": "find", "input": FIND}]},
    "bedrock": {
        "output": {"message": {"content": [{"toolUse": {"toolUseId": "c1", "name": "find"}}]}}
    },
    "gemini": {
        "candidates": [{"content": {"parts": [{"functionCall": {"id": "c1", "name": "find"}}]}}]
    },
    "langchain": {"generations": [[{"message": {"tool_calls": [{"id": "c1", "name": "find"}]}}]]},
    "pydantic_ai": {
        "parts": [{"part_kind": "tool-call", "tool_name": "find", "tool_call_id": "c1"}]
    },
    "opentelemetry": [{"parts": [{"type": "tool_call", "id": "c1", "name": "find"}]}],
}


@pytest.mark.parametrize("outputs", SHAPES.values(), ids=SHAPES)
def test_the_id_is_read_in_every_shape(outputs: JsonValue) -> None:
    asking = replace(model(1), outputs=outputs)
    assert "tool" in examined([ROOT, asking, tool(40, "Lookup", call_id="c1")]).asked_by


def test_an_error_below_the_tool_names_the_model_that_asked_for_the_tool() -> None:
    raised = Raised("KeyError: 'A-1'", ("shop.py:9 read",))
    inner = Spec("read", 41, 43, "tool", at="shop.py:8", raised=raised)
    failed = replace(tool(40, tool_call_id="c1"), raised=raised)
    examination = examined([ROOT, ONE, TWO, failed, inner], Surroundings())
    [found] = [each for each in examination.findings if each.exception is not None]
    assert found.asked_by is not None
    assert (found.asked_by.span_id, said(found.asked_by.message)) == (
        "m1",
        'find(order_id="A-1")',
    )


def test_every_recorded_tool_call_has_the_model_of_its_id() -> None:
    """The recorded agents' models give ids, which LangGraph writes on the spans of its tools."""
    folder = FIXTURES / "eval" / "langgraph_desk" / "traces"
    for path in sorted(folder.glob("*.json")):
        for trace in traces(path):
            spans = {span.span_id: span for span in trace.spans}
            asked = examined_trace(trace).asked_by
            ids = {s: str(reveal(span.attributes).get("tool_call_id")) for s, span in spans.items()}
            told = {span_id for span_id, call_id in ids.items() if call_id != "None"}
            assert told <= asked.keys()
            for span_id in told:
                model_span = spans[asked[span_id].span_id or ""]
                assert model_span.outputs is not None
                assert f'"{ids[span_id]}"' in json.dumps(reveal(model_span.outputs))
