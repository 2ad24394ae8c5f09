"""Model calls in recorded values: tools offered and asked for, and why the model stopped.

Shapes read: OpenAI chat completions and responses, Anthropic messages, LangChain messages and
generations, and MLflow's own `mlflow.chat.tools` attribute.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tracegloss.findings.values import members
from tracegloss.model.trace import Span
from tracegloss.recorded import JsonValue
from tracegloss.reveal import reveal

_DEEPEST = 10
_MOST_NODES = 20_000
_REASONS = ("finish_reason", "stop_reason", "done_reason", "finishReason")
_TRUNCATED = frozenset({"length", "max_tokens", "max_output_tokens", "model_length"})
_FILTERED = frozenset({"content_filter", "refusal", "safety", "prohibited_content", "blocklist"})


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """A model's request to call a tool. `arguments` is `None` when they are no JSON object."""

    name: str
    arguments: Mapping[str, JsonValue] | None


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """A tool as it was described to a model; the parameters are `None` without a closed schema."""

    name: str
    parameters: frozenset[str] | None
    required: frozenset[str]


def tool_requests(span: Span) -> tuple[ToolRequest, ...]:
    """Return the tool calls that a model call's output asks for, in order, each once."""
    if span.outputs is None:
        return ()
    found: dict[tuple[str, str], ToolRequest] = {}
    for item in _mappings(reveal(span.outputs)):
        for key, request in _requests_of(item):
            found.setdefault(key, request)
    return tuple(found.values())


def offered_tools(span: Span) -> tuple[OfferedTool, ...]:
    """Return the tools described to the model on this span, nothing when none were recorded."""
    attributes = reveal(span.attributes)
    inputs = reveal(span.inputs) if span.inputs is not None else None
    sources: list[JsonValue] = [attributes.get("mlflow.chat.tools")]
    for holder in (inputs, attributes.get("invocation_params"), attributes.get("options")):
        if isinstance(holder, Mapping):
            sources += [holder.get("tools"), holder.get("functions")]
    offered = {tool.name: tool for source in sources for tool in _offered(source)}
    return tuple(offered.values())


def stop_reasons(span: Span) -> tuple[str, ...]:
    """Return why the model stopped, in the provider's words and lower case."""
    found: dict[str, None] = {}
    for item in _mappings(reveal(span.outputs) if span.outputs is not None else None):
        for name in _REASONS:
            reason = item.get(name)
            if isinstance(reason, str):
                found[reason.lower()] = None
        details = item.get("incomplete_details")
        if isinstance(details, Mapping) and isinstance(details.get("reason"), str):
            found[str(details["reason"]).lower()] = None
    for name, value in reveal(span.attributes).items():
        if name.rpartition(".")[2] in {"finish_reasons", "finish_reason", "stop_reason"}:
            said = (value,) if isinstance(value, str) else members(value)
            found.update((str(reason).lower(), None) for reason in said)
    return tuple(found)


def is_truncated(reasons: tuple[str, ...]) -> bool:
    """Tell whether a model stopped at its length limit."""
    return not _TRUNCATED.isdisjoint(reasons)


def refusal(span: Span, reasons: tuple[str, ...]) -> str | None:
    """Return why a model refused or was filtered: its own words, else the reason's name."""
    for item in _mappings(reveal(span.outputs) if span.outputs is not None else None):
        said = item.get("refusal")
        if isinstance(said, str) and said:
            return said
    return next((reason for reason in reasons if reason in _FILTERED), None)


def _mappings(value: JsonValue) -> Iterator[Mapping[str, JsonValue]]:
    """Yield all mappings of a value from the outside in, within bounds."""
    waiting: list[tuple[JsonValue, int]] = [(value, 0)]
    n_seen = 0
    while waiting and n_seen < _MOST_NODES:
        current, depth = waiting.pop()
        n_seen += 1
        if isinstance(current, Mapping):
            yield current
        if depth < _DEEPEST:
            waiting.extend((item, depth + 1) for item in reversed(members(current)))


def _requests_of(
    item: Mapping[str, JsonValue],
) -> Iterator[tuple[tuple[str, str], ToolRequest]]:
    if item.get("type") in {"tool_use", "function_call"}:
        yield from _request(item, item.get("input", item.get("arguments")))
    calls = item.get("tool_calls")
    if isinstance(calls, list | tuple):
        for call in calls:
            if isinstance(call, Mapping):
                function = call.get("function")
                described = function if isinstance(function, Mapping) else call
                yield from _request(
                    {"id": call.get("id"), "name": described.get("name")},
                    described.get("arguments", described.get("args")),
                )


def _request(
    call: Mapping[str, JsonValue], arguments: JsonValue
) -> Iterator[tuple[tuple[str, str], ToolRequest]]:
    name = call.get("name")
    if not isinstance(name, str) or not name:
        return
    decoded = _decoded(arguments)
    told_apart_by = call.get("call_id") or call.get("id") or json.dumps(arguments, default=str)
    yield (name, str(told_apart_by)), ToolRequest(name, decoded)


def _decoded(arguments: JsonValue) -> Mapping[str, JsonValue] | None:
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except (ValueError, RecursionError):
            return None
    return arguments if isinstance(arguments, Mapping) else None


def _offered(source: JsonValue) -> Iterator[OfferedTool]:
    for item in members(source) if isinstance(source, list | tuple) else ():
        if not isinstance(item, Mapping):
            continue
        function = item.get("function")
        described = function if isinstance(function, Mapping) else item
        name = described.get("name", item.get("type"))
        if isinstance(name, str):
            schema = described.get("parameters", described.get("input_schema"))
            yield OfferedTool(name, *_parameters(schema))


def _parameters(schema: JsonValue) -> tuple[frozenset[str] | None, frozenset[str]]:
    if not isinstance(schema, Mapping):
        return None, frozenset()
    properties = schema.get("properties")
    required = schema.get("required")
    names = frozenset(properties) if isinstance(properties, Mapping) else None
    needed = members(required) if isinstance(required, list | tuple) else ()
    is_open = schema.get("additionalProperties") not in {None, False}
    return None if is_open else names, frozenset(str(name) for name in needed)
