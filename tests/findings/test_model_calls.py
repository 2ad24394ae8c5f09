"""Model calls: why they stopped, which tools they asked for, how much they read."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from tests.findings.builder import Spec, Surroundings, check, examined
from tracegloss.findings.history import EarlierCall
from tracegloss.model.trace import Tokens
from tracegloss.recorded import JsonValue

ROOT = Spec("run", 0, 900, at="app.py:1")
MODEL = Spec("llm", 10, 20, "run", "CHAT_MODEL", inputs={"messages": []}, at="app.py:5")

STOPPED: dict[str, JsonValue] = {
    "openai": {"choices": [{"finish_reason": "length", "message": {"content": "a"}}]},
    "openai responses": {
        "status": "incomplete",
        "incomplete_details": {"reason": "max_output_tokens"},
    },
    "anthropic": {"stop_reason": "max_tokens", "content": []},
    "langchain": {"generations": [[{"generation_info": {"finish_reason": "length"}}]]},
}
REFUSED: dict[str, tuple[JsonValue, str]] = {
    "filter": ({"choices": [{"finish_reason": "content_filter"}]}, "content_filter"),
    "refusal": ({"choices": [{"message": {"refusal": "I cannot."}}]}, "I cannot."),
    "anthropic": ({"stop_reason": "refusal"}, "refusal"),
}


@pytest.mark.parametrize("outputs", STOPPED.values(), ids=STOPPED)
def test_a_model_at_its_length_limit(outputs: JsonValue) -> None:
    check(
        [ROOT, replace(MODEL, outputs=outputs, tokens=Tokens(output=512))],
        "output-truncated warning/warning app.py:5 "
        "The model stopped at its length limit (512 output tokens) [llm]",
    )


def test_without_a_line_of_its_own_the_call_stands_at_its_caller() -> None:
    check(
        [ROOT, replace(MODEL, outputs=STOPPED["openai"], at=None)],
        "output-truncated warning/warning app.py:1 The model stopped at its length limit [llm]",
    )


def test_a_framework_around_the_same_call_adds_nothing() -> None:
    inner = Spec("sdk", 11, 19, "llm", "CHAT_MODEL", outputs=STOPPED["openai"])
    found = examined([ROOT, replace(MODEL, outputs=STOPPED["openai"]), inner]).findings
    assert [each.span_ids for each in found] == [("sdk",)]


@pytest.mark.parametrize("outputs, reason", REFUSED.values(), ids=REFUSED)
def test_a_refusal(outputs: JsonValue, reason: str) -> None:
    check(
        [ROOT, replace(MODEL, outputs=outputs)],
        f"content-filtered warning/warning app.py:5 The model refused or was filtered: "
        f"{reason} [llm]",
    )


def test_a_model_that_stopped_by_itself_is_nothing() -> None:
    check(
        [
            ROOT,
            replace(
                MODEL,
                outputs={"choices": [{"finish_reason": "stop", "message": {"refusal": None}}]},
            ),
        ]
    )


SCHEMA: JsonValue = {
    "type": "object",
    "properties": {"order_id": {}, "note": {}},
    "required": ["order_id"],
}
OFFERED: dict[str, dict[str, JsonValue]] = {
    "mlflow": {
        "attributes": {"mlflow.chat.tools": [{"function": {"name": "find", "parameters": SCHEMA}}]}
    },
    "openai": {
        "inputs": {
            "tools": [{"type": "function", "function": {"name": "find", "parameters": SCHEMA}}]
        }
    },
    "openai responses": {
        "inputs": {"tools": [{"type": "function", "name": "find", "parameters": SCHEMA}]}
    },
    "anthropic": {"inputs": {"tools": [{"name": "find", "input_schema": SCHEMA}]}},
    "langchain": {
        "attributes": {
            "invocation_params": {"tools": [{"function": {"name": "find", "parameters": SCHEMA}}]}
        }
    },
}


def asked(name: str, arguments: JsonValue, shape: str = "openai") -> JsonValue:
    """A model's output that asks for a tool, in one of four shapes."""
    if shape == "anthropic":
        return {"content": [{"type": "tool_use", "id": "1", "name": name, "input": arguments}]}
    if shape == "openai responses":
        return {
            "output": [{"type": "function_call", "name": name, "arguments": json.dumps(arguments)}]
        }
    if shape == "langchain":
        return {"generations": [[{"message": {"tool_calls": [{"name": name, "args": arguments}]}}]]}
    function: JsonValue = {"name": name, "arguments": json.dumps(arguments)}
    return {"choices": [{"message": {"tool_calls": [{"id": "1", "function": function}]}}]}


@pytest.mark.parametrize("shape", OFFERED)
def test_a_tool_that_was_not_offered(shape: str) -> None:
    model = replace(MODEL, **OFFERED[shape])
    check(
        [ROOT, replace(model, outputs=asked("serach", {}, shape))],
        "tool-unknown warning/warning app.py:5 The model asked for serach, which was not "
        "offered [llm]",
    )
    check([ROOT, replace(model, outputs=asked("find", {"order_id": 1}, shape))])


def test_without_a_list_of_tools_nothing_is_unknown() -> None:
    check([ROOT, replace(MODEL, outputs=asked("serach", {}))])


TOOL = Spec(
    "find", 30, 40, "run", "TOOL", {"order_id": 1}, "x", at="tools.py:7", parameters=("order_id",)
)
HEAD = "tool-arguments warning/warning"


def test_arguments_the_function_does_not_take() -> None:
    model = replace(MODEL, outputs=asked("find", {"order_id": 1, "id": 2}))
    check(
        [ROOT, model, TOOL],
        f"{HEAD} tools.py:7 find called with id, which it does not take [find llm]",
    )
    check([ROOT, model, replace(TOOL, parameters=("order_id", "**more"))])
    check([ROOT, model])


def test_arguments_the_schema_knows_better() -> None:
    model = replace(MODEL, **OFFERED["openai"])
    check(
        [ROOT, replace(model, outputs=asked("find", {"note": "x"})), TOOL],
        f"{HEAD} tools.py:7 find called without order_id, which it requires [find llm]",
    )
    check(
        [ROOT, replace(model, outputs=asked("find", {"order_id": 1, "id": 2}))],
        f"{HEAD} app.py:5 find called with id, which it does not take [llm]",
    )
    check([ROOT, replace(model, outputs=asked("find", {"order_id": 1, "note": "x"})), TOOL])


def test_arguments_that_are_no_object_are_not_judged() -> None:
    broken: JsonValue = {"tool_calls": [{"function": {"name": "find", "arguments": '{"id": 1'}}]}
    check([ROOT, replace(MODEL, outputs=broken), TOOL])


def earlier(n: int, tokens: int = 900) -> Surroundings:
    return Surroundings(history=[EarlierCall("app.py", "llm", None, None, tokens)] * n)


def test_far_more_tokens_than_usual() -> None:
    case = [ROOT, replace(MODEL, tokens=Tokens(input=9_000))]
    check(
        case,
        "token-outlier information/information app.py:5 9,000 input tokens, usually 900 [llm]",
        around=earlier(10),
    )
    check(case, around=earlier(10, tokens=2_000))
    check([ROOT, replace(MODEL, tokens=Tokens(input=7_000))], around=earlier(10))
    assert unchecked(case, earlier(9)) == "9 earlier calls, 10 needed"
    assert unchecked(case, Surroundings()) == "no earlier traces were read"


def test_tokens_are_compared_only_where_a_call_read_many() -> None:
    few = [ROOT, replace(MODEL, tokens=Tokens(input=100))]
    assert unchecked(few, Surroundings()) is None
    untold = [ROOT, replace(MODEL, tokens=None)]
    assert unchecked(untold, Surroundings()) == "the model calls recorded no tokens"


def unchecked(specs: list[Spec], around: Surroundings) -> str | None:
    found = examined(specs, around).not_checked
    return next((each.reason for each in found if each.rule == "token-outlier"), None)
