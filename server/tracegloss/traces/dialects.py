"""How other instrumentations name inputs, outputs, tokens and the rest, as one table.

MLflow translates these when a span reaches its store (`mlflow.tracing.otel.translation`); exports
that never passed through a store are untranslated. MLflow's own attributes always win, then the
dialects in MLflow's order of priority.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from tracegloss.model.trace import Tokens
from tracegloss.recorded import JsonValue
from tracegloss.traces.fields import first, mapping, number, whole_number
from tracegloss.traces.json_bytes import decode_attribute


class Dialect(Struct, frozen=True):
    """Attribute keys of one instrumentation, each tuple in order of preference."""

    name: str
    type: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    tokens: tuple[tuple[str, str, str, str], ...] = ()
    """Keys of input, output, total and cached tokens."""


_SEMCONV_TOKENS = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.total_tokens",
    "gen_ai.usage.cache_read.input_tokens",
)

DIALECTS = (
    Dialect(
        "OpenInference",
        ("openinference.span.kind",),
        ("input.value",),
        ("output.value",),
        (
            (
                "llm.token_count.prompt",
                "llm.token_count.completion",
                "llm.token_count.total",
                "llm.token_count.prompt_details.cache_read",
            ),
        ),
    ),
    Dialect(
        "Claude Code",
        ("span.type",),
        (
            "user_prompt",
            "new_context",
            "tool_input",
            "full_command",
            "skill_name",
        ),
        ("response.model_output",),
        (("input_tokens", "output_tokens", "total_tokens", "cache_read_tokens"),),
    ),
    Dialect(
        "GenAI semantic conventions",
        ("gen_ai.operation.name",),
        ("gen_ai.input.messages", "gen_ai.tool.call.arguments"),
        ("gen_ai.output.messages", "gen_ai.tool.call.result"),
        (_SEMCONV_TOKENS,),
    ),
    Dialect(
        "Traceloop",
        ("traceloop.span.kind",),
        ("traceloop.entity.input",),
        ("traceloop.entity.output",),
        (
            (
                "gen_ai.usage.prompt_tokens",
                "gen_ai.usage.completion_tokens",
                "llm.usage.total_tokens",
                "gen_ai.usage.cache_read_input_tokens",
            ),
        ),
    ),
    Dialect(
        "Google ADK",
        (),
        ("gcp.vertex.agent.llm_request", "gcp.vertex.agent.tool_call_args"),
        ("gcp.vertex.agent.llm_response", "gcp.vertex.agent.tool_response"),
    ),
    Dialect(
        "Vercel AI",
        ("ai.operationId",),
        ("ai.prompt.messages", "ai.prompt", "ai.toolCall.args"),
        ("ai.response.text", "ai.response.object", "ai.response.toolCalls", "ai.toolCall.result"),
        (("ai.usage.promptTokens", "ai.usage.completionTokens", "ai.usage.totalTokens", ""),),
    ),
    Dialect(
        "VoltAgent",
        ("span.type", "entity.type"),
        ("agent.messages", "llm.messages", "input"),
        ("output",),
        (
            ("usage.prompt_tokens", "usage.completion_tokens", "usage.total_tokens", ""),
            (
                "llm.usage.prompt_tokens",
                "llm.usage.completion_tokens",
                "llm.usage.total_tokens",
                "",
            ),
        ),
    ),
    Dialect(
        "LiveKit",
        (),
        ("lk.user_input", "lk.chat_ctx", "lk.function_tool.arguments", "lk.input_text"),
        ("lk.response.text", "lk.response.function_calls", "lk.function_tool.output"),
    ),
    Dialect("Laminar", ("lmnr.span.type",), ("lmnr.span.input",), ("lmnr.span.output",)),
    Dialect(
        "Langfuse",
        ("langfuse.observation.type",),
        ("langfuse.observation.input",),
        ("langfuse.observation.output",),
    ),
)

_INPUTS = tuple(dict.fromkeys(key for dialect in DIALECTS for key in dialect.inputs))
_OUTPUTS = tuple(dict.fromkeys(key for dialect in DIALECTS for key in dialect.outputs))
_TYPES = tuple(dict.fromkeys(key for dialect in DIALECTS for key in dialect.type))
_TOKENS = tuple(keys for dialect in DIALECTS for keys in dialect.tokens)
_MODELS = ("gen_ai.response.model", "gen_ai.request.model", "llm.model_name", "ai.model.id")
MODEL_CALLS = ("LLM", "CHAT_MODEL", "EMBEDDING")
_MESSAGES = {"inputs": "gen_ai.prompt.", "outputs": "gen_ai.completion."}
_CONTENT_EVENTS = {
    "inputs": (("gen_ai.content.prompt", "gen_ai.prompt"),),
    "outputs": (("gen_ai.content.completion", "gen_ai.completion"), ("tool.output", "output")),
}

KEYS = frozenset(
    {*_TYPES, *_INPUTS, *_OUTPUTS, *_MODELS, *(key for keys in _TOKENS for key in keys)}
    | {"gen_ai.prompt.0.role", "gen_ai.prompt.0.content"}
    | {"gen_ai.completion.0.role", "gen_ai.completion.0.content"}
)
"""A span without any of these keys was written by MLflow alone, as most are."""

_SPAN_TYPES = {
    "agent": "AGENT",
    "chain": "CHAIN",
    "chat": "CHAT_MODEL",
    "claude_code.interaction": "AGENT",
    "claude_code.llm_request": "LLM",
    "claude_code.tool": "TOOL",
    "create_agent": "AGENT",
    "default": "UNKNOWN",
    "embedding": "EMBEDDING",
    "embeddings": "EMBEDDING",
    "evaluator": "EVALUATOR",
    "execute_tool": "TOOL",
    "executor": "CHAIN",
    "generate_content": "LLM",
    "generation": "LLM",
    "guardrail": "GUARDRAIL",
    "invoke_agent": "AGENT",
    "llm": "LLM",
    "reranker": "RERANKER",
    "retriever": "RETRIEVER",
    "task": "TASK",
    "text_completion": "LLM",
    "tool": "TOOL",
    "workflow": "WORKFLOW",
}


def dialect_inputs(attributes: Mapping[str, JsonValue]) -> tuple[JsonValue] | None:
    """Find recorded inputs under another instrumentation's key, as a tuple of the one value."""
    return _content(attributes, _INPUTS, _MESSAGES["inputs"])


def dialect_outputs(attributes: Mapping[str, JsonValue]) -> tuple[JsonValue] | None:
    """Find recorded outputs under another instrumentation's key, as a tuple of the one value."""
    return _content(attributes, _OUTPUTS, _MESSAGES["outputs"])


def event_content(
    side: Literal["inputs", "outputs"], name: str, attributes: Mapping[str, JsonValue]
) -> tuple[JsonValue] | None:
    """Find `inputs` or `outputs` that an event carries (Spring AI, Claude Code)."""
    for event_name, key in _CONTENT_EVENTS[side]:
        if name == event_name and key in attributes:
            return (_unwrapped(attributes[key]),)
    return None


def dialect_type(attributes: Mapping[str, JsonValue]) -> str | None:
    """Translate another instrumentation's span kind into MLflow's span type."""
    for key in _TYPES:
        kind = attributes.get(key)
        if isinstance(kind, str):
            translated = _SPAN_TYPES.get(kind.lower()) or _vercel_type(kind)
            if translated is not None:
                return translated
    return None


def _vercel_type(operation: str) -> str | None:
    if not operation.startswith("ai."):
        return None
    if operation == "ai.toolCall":
        return "TOOL"
    return "EMBEDDING" if operation.startswith("ai.embed") else "LLM"


def dialect_tokens(attributes: Mapping[str, JsonValue]) -> Tokens | None:
    """Read token counts under another instrumentation's keys."""
    for keys in _TOKENS:
        counts = [whole_number(attributes.get(key)) for key in keys]
        if counts[0] is not None or counts[1] is not None:
            return tokens_of(*counts)
    return None


def mlflow_tokens(value: JsonValue) -> Tokens | None:
    """Read MLflow's `mlflow.chat.tokenUsage` or `mlflow.trace.tokenUsage` (maybe JSON text)."""
    usage = mapping(decode_attribute(value) if isinstance(value, str) else value)
    if not usage:
        return None
    keys = ("input_tokens", "output_tokens", "total_tokens", "cache_read_input_tokens")
    counts = [whole_number(usage.get(key)) for key in keys]
    return None if counts == [None] * 4 else tokens_of(*counts)


def tokens_of(
    input_: int | None, output: int | None, total: int | None, cached: int | None
) -> Tokens:
    """Build counts; a total that was not recorded is the sum of both sides when both were."""
    if total is None and input_ is not None and output is not None:
        total = input_ + output
    return Tokens(input_, output, total, cached)


def total_cost(value: JsonValue) -> float | None:
    """Read US dollars from `mlflow.llm.cost` or `mlflow.trace.cost` (maybe JSON text)."""
    return number(
        mapping(decode_attribute(value) if isinstance(value, str) else value).get("total_cost")
    )


def dialect_model(attributes: Mapping[str, JsonValue]) -> JsonValue:
    """Find the model that was called under another instrumentation's keys."""
    return first(attributes, _MODELS)


def _content(
    attributes: Mapping[str, JsonValue], keys: tuple[str, ...], messages: str
) -> tuple[JsonValue] | None:
    for key in keys:
        if key in attributes:
            return (_unwrapped(attributes[key]),)
    numbered = [key for key in attributes if key.startswith(messages)]
    return (_numbered_messages(attributes, numbered, messages),) if numbered else None


def _numbered_messages(
    attributes: Mapping[str, JsonValue], keys: list[str], prefix: str
) -> list[JsonValue]:
    """Gather Traceloop's `gen_ai.prompt.0.role`, `gen_ai.prompt.0.content` into messages."""
    messages: dict[int, dict[str, JsonValue]] = {}
    for key in keys:
        position, _, member = key.removeprefix(prefix).partition(".")
        if position.isdecimal() and member and len(position) < 7:
            messages.setdefault(int(position), {})[member] = attributes[key]
    return [messages[position] for position in sorted(messages)]


def _unwrapped(value: JsonValue) -> JsonValue:
    """Undo a double encoding: other instrumentations put JSON text into string attributes."""
    is_json_text = isinstance(value, str) and value[:1] in ("{", "[")
    return decode_attribute(value) if is_json_text and isinstance(value, str) else value
