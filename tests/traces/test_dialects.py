"""Inputs, outputs, tokens, type and model of spans that other instrumentations wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.traces.opened import opened
from tracegloss.model.trace import Tokens
from tracegloss.traces.decode import decode_traces

NOTHING: dict[str, Any] = {
    "type": None,
    "inputs": None,
    "outputs": None,
    "tokens": None,
    "model": None,
    "cost_usd": None,
}


def span(attributes: dict[str, Any], events: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Decode one span whose attributes are as an OTLP exporter writes them."""
    pairs = [{"key": key, "value": value_of(value)} for key, value in attributes.items()]
    raw = {
        "traceId": "ab" * 16,
        "spanId": "cd" * 8,
        "name": "s",
        "startTimeUnixNano": "1",
        "endTimeUnixNano": "2",
        "attributes": pairs,
        "events": events or [],
    }
    document = {"resourceSpans": [{"scopeSpans": [{"spans": [raw]}]}]}
    (trace,) = decode_traces(json.dumps(document).encode(), "test")
    found = opened(trace.spans[0])
    return {key: found[key] for key in NOTHING if found[key] != NOTHING[key]}


def value_of(value: Any) -> dict[str, Any]:
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"stringValue": value}


def counts(given: int, made: int, total: int, cached: int | None = None) -> dict[str, int | None]:
    return {"input": given, "output": made, "total": total, "cached": cached}


DIALECTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "MLflow's own over OTLP": (
        {
            "mlflow.spanType": '"TOOL"',
            "mlflow.spanInputs": '{"a": 1}',
            "mlflow.spanOutputs": "null",
            "mlflow.llm.cost": '{"input_cost": 0.1, "total_cost": 0.3}',
            "mlflow.llm.model": '"m"',
        },
        {"type": "TOOL", "inputs": {"a": 1}, "cost_usd": 0.3, "model": "m"},
    ),
    "OpenInference": (
        {
            "openinference.span.kind": "RETRIEVER",
            "input.value": '{"q": 1}',
            "output.value": "text",
            "llm.token_count.prompt": 5,
            "llm.token_count.completion": 2,
            "llm.token_count.prompt_details.cache_read": 1,
        },
        {
            "type": "RETRIEVER",
            "inputs": {"q": 1},
            "outputs": "text",
            "tokens": counts(5, 2, 7, 1),
        },
    ),
    "GenAI semantic conventions": (
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "gpt",
            "gen_ai.input.messages": '[{"role": "user"}]',
            "gen_ai.output.messages": '[{"role": "assistant"}]',
            "gen_ai.usage.input_tokens": 5,
            "gen_ai.usage.output_tokens": 2,
        },
        {
            "type": "CHAT_MODEL",
            "model": "gpt",
            "inputs": [{"role": "user"}],
            "outputs": [{"role": "assistant"}],
            "tokens": counts(5, 2, 7),
        },
    ),
    "a tool of the conventions": (
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.call.arguments": '{"x": 1}',
            "gen_ai.tool.call.result": "done",
        },
        {"type": "TOOL", "inputs": {"x": 1}, "outputs": "done"},
    ),
    "Traceloop": (
        {
            "traceloop.span.kind": "workflow",
            "traceloop.entity.input": '{"args": [], "kwargs": {"a": 1}}',
            "traceloop.entity.output": '"b"',
        },
        {"type": "WORKFLOW", "inputs": {"args": [], "kwargs": {"a": 1}}, "outputs": '"b"'},
    ),
    "Traceloop's numbered messages": (
        {
            "gen_ai.prompt.0.role": "user",
            "gen_ai.prompt.0.content": "hi",
            "gen_ai.prompt.10.content": "there",
            "gen_ai.completion.0.content": "ho",
            "gen_ai.usage.prompt_tokens": 5,
            "gen_ai.usage.completion_tokens": 2,
            "llm.usage.total_tokens": 8,
        },
        {
            "inputs": [{"role": "user", "content": "hi"}, {"content": "there"}],
            "outputs": [{"content": "ho"}],
            "tokens": counts(5, 2, 8),
        },
    ),
    "Vercel AI": (
        {"ai.operationId": "ai.toolCall", "ai.toolCall.args": "{}", "ai.toolCall.result": "r"},
        {"type": "TOOL", "inputs": {}, "outputs": "r"},
    ),
    "Google ADK": (
        {"gcp.vertex.agent.llm_request": "{}", "gcp.vertex.agent.llm_response": "[]"},
        {"inputs": {}, "outputs": []},
    ),
    "Langfuse": (
        {
            "langfuse.observation.type": "generation",
            "langfuse.observation.input": "i",
            "langfuse.observation.output": "o",
        },
        {"type": "LLM", "inputs": "i", "outputs": "o"},
    ),
    "Laminar": (
        {"lmnr.span.type": "LLM", "lmnr.span.input": "i", "lmnr.span.output": "o"},
        {"type": "LLM", "inputs": "i", "outputs": "o"},
    ),
    "MLflow's own wins": (
        {
            "mlflow.spanInputs": '"mine"',
            "input.value": "theirs",
            "output.value": "theirs",
            "mlflow.spanType": '"AGENT"',
            "openinference.span.kind": "TOOL",
        },
        {"type": "AGENT", "inputs": "mine", "outputs": "theirs"},
    ),
    "a type that says nothing is replaced": (
        {"mlflow.spanType": '"UNKNOWN"', "openinference.span.kind": "LLM", "input.value": "i"},
        {"type": "LLM", "inputs": "i"},
    ),
    "Logfire, which says it in code.* alone": ({"code.filepath": "a.py", "code.lineno": 3}, {}),
}


@pytest.mark.parametrize("case", DIALECTS)
def test_what_other_instrumentations_recorded(case: str) -> None:
    attributes, wanted = DIALECTS[case]
    found = span(attributes)
    assert found == wanted


EVENTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "Spring AI's prompt": ("gen_ai.content.prompt", "gen_ai.prompt", {"inputs": "text"}),
    "Spring AI's completion": (
        "gen_ai.content.completion",
        "gen_ai.completion",
        {"outputs": "text"},
    ),
    "Claude Code's tool": ("tool.output", "output", {"outputs": "text"}),
}


@pytest.mark.parametrize("case", EVENTS)
def test_contents_in_events(case: str) -> None:
    name, key, wanted = EVENTS[case]
    event = {"name": name, "attributes": [{"key": key, "value": {"stringValue": "text"}}]}
    assert span({}, [event]) == wanted


def test_a_model_is_named_by_the_arguments_of_its_call() -> None:
    attributes = {"mlflow.spanType": '"CHAT_MODEL"', "mlflow.spanInputs": '{"model": "gpt"}'}
    assert span(attributes)["model"] == "gpt"


def test_a_trace_without_an_info_adds_up_the_outermost_tokens() -> None:
    usage = {"mlflow.chat.tokenUsage": '{"input_tokens": 2, "output_tokens": 1}'}
    spans = [
        {"span_id": "01" * 8, "parent_span_id": None, "attributes": {}},
        {"span_id": "02" * 8, "parent_span_id": "01" * 8, "attributes": usage},
        {"span_id": "03" * 8, "parent_span_id": "02" * 8, "attributes": usage},
        {"span_id": "04" * 8, "parent_span_id": "01" * 8, "attributes": usage},
    ]
    (trace,) = decode_traces(json.dumps({"spans": spans}).encode(), "test")
    assert trace.info.tokens == Tokens(4, 2, 6, None)
