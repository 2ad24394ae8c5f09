"""Model calls in recorded values: tools offered and asked for, and why the model stopped.

Shapes read: OpenAI chat completions and responses, Anthropic and Bedrock messages, Gemini's parts,
LangChain messages and generations, PydanticAI's parts, OpenTelemetry's message parts, and MLflow's
own `mlflow.chat.tools` attribute.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from msgspec import Struct

from tracegloss.findings.values import members
from tracegloss.model.trace import Span
from tracegloss.recorded import JsonValue
from tracegloss.reveal import reveal

_DEEPEST = 10
_MOST_NODES = 20_000
_REASONS = ("finish_reason", "stop_reason", "done_reason", "finishReason")
_ARGUMENTS = ("arguments", "args", "input")
_IDS = ("call_id", "id", "tool_call_id", "toolUseId")
_TRUNCATED = frozenset({"length", "max_tokens", "max_output_tokens", "model_length"})
_FILTERED = frozenset({"content_filter", "refusal", "safety", "prohibited_content", "blocklist"})


class ToolRequest(Struct, frozen=True):
    """A model's request to call a tool, with the ids that the provider gave it.

    `arguments` is `None` when they are no JSON object.
    """

    name: str
    arguments: Mapping[str, JsonValue] | None
    ids: frozenset[str] = frozenset()


class OfferedTool(Struct, frozen=True):
    """A tool as it was described to a model; the parameters are `None` without a closed schema."""

    name: str
    parameters: frozenset[str] | None
    required: frozenset[str]


class ModelCall(Struct, frozen=True):
    """What a model call's span says: the tools offered and asked for, and why the model stopped.

    `reasons` are in the provider's words and lower case, `refusal` in the model's own.
    """

    span: Span
    offered: tuple[OfferedTool, ...]
    requests: tuple[ToolRequest, ...]
    reasons: tuple[str, ...]
    refusal: str | None

    @property
    def is_truncated(self) -> bool:
        """Tell whether the model stopped at its length limit."""
        return not _TRUNCATED.isdisjoint(self.reasons)

    @property
    def filtered(self) -> str | None:
        """Why the model refused or was filtered: its own words, else the reason's name."""
        return self.refusal or next((r for r in self.reasons if r in _FILTERED), None)


def model_call(span: Span) -> ModelCall:
    """Read the span of one model call; each request for a tool counts once, in order."""
    requests: dict[tuple[str, str], ToolRequest] = {}
    reasons: dict[str, None] = {}
    refusals: list[str] = []
    for item in _mappings(reveal(span.outputs) if span.outputs is not None else None):
        for key, request in _requests_of(item):
            requests.setdefault(key, request)
        reasons.update((reason, None) for reason in _reasons_of(item))
        refusal = item.get("refusal")
        if isinstance(refusal, str) and refusal:
            refusals.append(refusal)
    reasons.update((reason, None) for reason in _recorded_reasons(span))
    return ModelCall(
        span,
        _offered_tools(span),
        tuple(requests.values()),
        tuple(reasons),
        refusals[0] if refusals else None,
    )


def _offered_tools(span: Span) -> tuple[OfferedTool, ...]:
    """Return the tools described to the model, nothing when none were recorded."""
    attributes = reveal(span.attributes)
    inputs = reveal(span.inputs) if span.inputs is not None else None
    sources: list[JsonValue] = [attributes.get("mlflow.chat.tools")]
    for holder in (inputs, attributes.get("invocation_params"), attributes.get("options")):
        if isinstance(holder, Mapping):
            sources += [holder.get("tools"), holder.get("functions")]
    offered = {tool.name: tool for source in sources for tool in _offered(source)}
    return tuple(offered.values())


def _reasons_of(item: Mapping[str, JsonValue]) -> Iterator[str]:
    for name in _REASONS:
        reason = item.get(name)
        if isinstance(reason, str):
            yield reason.lower()
    details = item.get("incomplete_details")
    if isinstance(details, Mapping) and isinstance(details.get("reason"), str):
        yield str(details["reason"]).lower()


def _recorded_reasons(span: Span) -> Iterator[str]:
    for name, value in reveal(span.attributes).items():
        if name.rpartition(".")[2] in {"finish_reasons", "finish_reason", "stop_reason"}:
            said = (value,) if isinstance(value, str) else members(value)
            yield from (str(reason).lower() for reason in said)


def _mappings(value: JsonValue) -> Iterator[Mapping[str, JsonValue]]:
    """Yield all mappings of a value from the outside in, within bounds."""
    waiting: list[tuple[JsonValue, int]] = [(value, 0)]
    n_seen = 0
    while waiting and n_seen < _MOST_NODES:
        current, depth = waiting.pop()
        n_seen += 1
        if isinstance(current, dict):
            yield current
        if depth < _DEEPEST:
            waiting.extend((item, depth + 1) for item in reversed(members(current)))


def _requests_of(
    item: Mapping[str, JsonValue],
) -> Iterator[tuple[tuple[str, str], ToolRequest]]:
    # Compared with a tuple: what was recorded may be anything, also what no set can hold.
    if item.get("type") in ("tool_use", "function_call", "tool_call"):
        yield from _request(item, item.get("name"))
    if item.get("part_kind") == "tool-call":
        yield from _request(item, item.get("tool_name"))
    for key in ("toolUse", "functionCall", "function_call"):
        described = item.get(key)
        if isinstance(described, Mapping):
            yield from _request(described, described.get("name"))
    calls = item.get("tool_calls")
    for call in calls if isinstance(calls, list | tuple) else ():
        if isinstance(call, Mapping):
            function = call.get("function")
            described = function if isinstance(function, Mapping) else call
            yield from _request({**described, "id": call.get("id")}, described.get("name"))


def _request(
    call: Mapping[str, JsonValue], name: JsonValue
) -> Iterator[tuple[tuple[str, str], ToolRequest]]:
    if not isinstance(name, str) or not name:
        return
    arguments = next((call[key] for key in _ARGUMENTS if key in call), None)
    ids = [value for key in _IDS if isinstance(value := call.get(key), str) and value]
    told_apart_by = ids[0] if ids else json.dumps(arguments, default=str)
    yield (name, told_apart_by), ToolRequest(name, _decoded(arguments), frozenset(ids))


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
    is_open = schema.get("additionalProperties") not in (None, False)
    return None if is_open else names, frozenset(str(name) for name in needed)
