"""What one span says about its own origin, reduced to a hashable key that equal spans share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from tracegloss.model.trace import Span
from tracegloss.recorded import JsonValue
from tracegloss.reveal import reveal

_DESCRIPTION = "mlflow.spanDescription"
_CHUNK = "mlflow.chunk.item."
_DEFERS = "defers_inputs"
"""LangChain's runnables record it when they are streamed; true where one only can be streamed."""
_MAX_NAME = 4096

# Attributes that only the named library's instrumentation writes (MLflow has no flavor attribute).
_LIBRARY_KEYS = {
    "mlflow.openai.agent_run_root": "openai-agents",
    "litellm_call_id": "litellm",
    "haystack.component.name": "haystack",
    "haystack.pipeline.name": "haystack",
    "openinference.span.kind": "openinference",
    "traceloop.span.kind": "traceloop",
    "langfuse.observation.type": "langfuse",
    "lmnr.span.type": "laminar",
    "ai.operationId": "vercel-ai",
    "logfire.msg_template": "logfire",
    "gen_ai.operation.name": "opentelemetry",
}
TELEMETRY = frozenset({"openinference", "traceloop", "logfire", "opentelemetry"})
"""Libraries whose spans reach MLflow over OTLP, from a tracer of OpenTelemetry's."""

_FORMAT = "mlflow.message.format"
_METADATA = "metadata"

# What frameworks say of their own constructs, by the word that rules know it by.
_MARKS = {
    "langgraph_node": "node",
    "lc_agent_name": "agent",
    "ls_integration": "integration",
}
_ATTRIBUTE_MARKS = {
    "traceloop.entity.name": "entity",
    "gen_ai.tool.name": "tool",
    "tool.name": "tool",
    "gen_ai.agent.name": "agent",
    "agent.name": "agent",
    "agno.agent": "agent",
    "haystack.component.name": "component",
    "haystack.component.fully_qualified_type": "class",
    "name": "name",
}
# PydanticAI 1 names a tool's span after its own method, the tool only in the inputs, or their repr.
_TOOL_MANAGER = "ToolManager."
_CALLED = re.compile(r"ToolCallPart\(tool_name='([^']{1,200})'")
_MOST_SEARCHED = 2000
_KERNEL = "Kernel.invoke"
_SYSTEM = "gen_ai.system"
_SYSTEMS = {"strands-agents": "strands"}

_NAMESPACE = "langgraph_checkpoint_ns"

_WRAPPERS = frozenset(
    {"args", "kwargs", "sanitize_inputs_outputs", "tool_args", "tool_name", "agent_action"}
)

_AGENT_KEYS = frozenset({"handoffs", "tools", "output_type"})
"""Together, what OpenAI's agents record of an agent."""

TELLING_KEYS = frozenset(
    {
        *("handoffs", _FORMAT, _METADATA, _DESCRIPTION, _SYSTEM, _DEFERS),
        *_LIBRARY_KEYS,
        *_ATTRIBUTE_MARKS,
    }
)
"""Attributes that features are read from; spans without any of them differ by name and inputs."""


class SpanFeatures(NamedTuple):
    """The local evidence of a span; two spans with equal features have equal candidates.

    `input_keys` are the recorded inputs' keys in order, `None` when the inputs are no object.
    `attributes` holds only attributes that some site sets literally, as `(key, text)`. `library`
    names the instrumented library that made the span, as far as its attributes tell. `streamed`
    says that it recorded yielded items, as traced generators do, or was streamed.
    `is_top` marks roots and orphans. `marks` are names that the library recorded of its own
    constructs, as `(word, name)`.
    """

    name: str
    function_name: str | None
    type: str | None
    input_keys: tuple[str, ...] | None
    attributes: tuple[tuple[str, str], ...]
    description: str | None
    library: str | None
    streamed: bool
    service: str | None
    is_top: bool
    marks: tuple[tuple[str, str], ...] = ()

    def mark(self, word: str) -> str | None:
        """Give what the library recorded under a word: its `node`, the node it runs `within`."""
        return next((name for own, name in self.marks if own == word), None)


class Told(NamedTuple):
    """What the attributes of a span tell: literals that sites set, a description, a library."""

    attributes: tuple[tuple[str, str], ...] = ()
    description: str | None = None
    library: str | None = None
    marks: tuple[tuple[str, str], ...] = ()


def full_features(span: Span, of_interest: frozenset[str], *, is_top: bool) -> SpanFeatures:
    """Read all features of a span; `of_interest` are attribute keys that sites set literally."""
    told = told_by(span, of_interest)
    return SpanFeatures(
        reveal(span.name)[:_MAX_NAME],
        None if span.function_name is None else reveal(span.function_name)[:_MAX_NAME],
        None if span.type is None else reveal(span.type),
        input_keys(span),
        told.attributes,
        told.description,
        told.library,
        is_streamed(span),
        None if span.service is None else reveal(span.service),
        is_top,
        told.marks + called_within(span),
    )


def told_by(span: Span, of_interest: frozenset[str]) -> Told:
    """Read what the attributes of a span tell of its origin."""
    attributes = reveal(span.attributes)
    return Told(
        _literal_attributes(_with_arguments(span, attributes, of_interest), of_interest),
        _description(attributes),
        _library(attributes),
        _marks(attributes),
    )


def is_streamed(span: Span) -> bool:
    """Tell whether a span recorded yielded items, as traced generators do, or that it streams."""
    if span.events and any(reveal(event.name).startswith(_CHUNK) for event in span.events[:3]):
        return True
    return reveal(span.attributes).get(_DEFERS) is False


def attribute_text(value: JsonValue) -> str:
    """Write an attribute's value the way sites keep their literal ones."""
    return value if isinstance(value, str) else repr(value)


def input_keys(span: Span) -> tuple[str, ...] | None:
    """Give the keys of a span's inputs in order; `None` when they are no object."""
    if span.inputs is None:
        return None
    inputs = reveal(span.inputs)
    # A plain dict is told apart at once; asking for any Mapping is slow.
    if not isinstance(inputs, (dict, Mapping)):
        return None
    if span.function_name is not None or _WRAPPERS.isdisjoint(inputs):
        return tuple(inputs)
    return _wrapped_keys(inputs)


def _wrapped_keys(inputs: Mapping[str, JsonValue]) -> tuple[str, ...] | None:
    """Give the arguments' own keys where a framework recorded them as one argument of its own.

    Positional ones are not told by name.
    """
    if "agent_action" in inputs:  # CrewAI's whole step, in which the arguments are a text
        return None
    arguments = inputs.get("tool_args" if "tool_args" in inputs else "kwargs", {})
    if inputs.keys() - _WRAPPERS or not isinstance(arguments, Mapping):
        return tuple(inputs)
    return None if inputs.get("args") else tuple(arguments)


def called_within(span: Span) -> tuple[tuple[str, str], ...]:
    """Read the tool or function that a span's inputs name, where its own name is a method's."""
    if span.inputs is None or not reveal(span.name).startswith((_TOOL_MANAGER, _KERNEL)):
        return ()
    if span.type is not None and reveal(span.type) == "AGENT":
        return _invoked(reveal(span.inputs))
    inputs = reveal(span.inputs)
    if isinstance(inputs, str):
        found = _CALLED.search(inputs[:_MOST_SEARCHED])
        return () if found is None else (("tool", found[1]),)
    while isinstance(inputs, Mapping):
        name = inputs.get("tool_name")
        if isinstance(name, str):
            return (("tool", name[:_MAX_NAME]),)
        inputs = inputs.get("validated", inputs.get("call"))
    return ()


def _invoked(inputs: JsonValue) -> tuple[tuple[str, str], ...]:
    """Read the function that Semantic Kernel's own `invoke` was asked for, by name or as such."""
    held = inputs.get("function") if isinstance(inputs, Mapping) else None
    told = held.get("metadata") if isinstance(held, Mapping) else inputs
    if not isinstance(told, Mapping):
        return ()
    named = (
        ("function", told.get("function_name", told.get("name"))),
        ("plugin", told.get("plugin_name")),
    )
    return tuple((word, name[:_MAX_NAME]) for word, name in named if isinstance(name, str))


def _description(attributes: Mapping[str, JsonValue]) -> str | None:
    description = attributes.get(_DESCRIPTION)
    return description if isinstance(description, str) else None


def _with_arguments(
    span: Span, attributes: Mapping[str, JsonValue], of_interest: frozenset[str]
) -> Mapping[str, JsonValue]:
    """Add the plain arguments of a model's client that stand among its inputs alone."""
    inputs = None if span.inputs is None or _FORMAT not in attributes else reveal(span.inputs)
    if not isinstance(inputs, Mapping):
        return attributes
    missing = (inputs.keys() & of_interest) - attributes.keys()
    plain = {key: inputs[key] for key in missing if isinstance(inputs[key], str | int | float)}
    return {**attributes, **plain} if plain else attributes


def _literal_attributes(
    attributes: Mapping[str, JsonValue], of_interest: frozenset[str]
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (key, attribute_text(attributes[key])[:200])
        for key in sorted(of_interest & set(attributes))
    )


def _library(attributes: Mapping[str, JsonValue]) -> str | None:
    form = attributes.get(_FORMAT)
    if isinstance(form, str) and form:
        return form
    metadata = attributes.get(_METADATA)
    if isinstance(metadata, Mapping) and any(map(_is_langchain, metadata)):
        return "langchain"
    system = attributes.get(_SYSTEM)
    if isinstance(system, str) and system in _SYSTEMS:
        return _SYSTEMS[system]
    if not attributes.keys().isdisjoint(_LIBRARY_KEYS):
        return next(library for key, library in _LIBRARY_KEYS.items() if key in attributes)
    return "openai-agents" if attributes.keys() >= _AGENT_KEYS else None


def _marks(attributes: Mapping[str, JsonValue]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, JsonValue]] = []
    metadata = attributes.get(_METADATA)
    if isinstance(metadata, Mapping):
        found += [(word, metadata.get(key)) for key, word in _MARKS.items()]
        if metadata.get("checkpoint_ns") and metadata["checkpoint_ns"] == metadata.get(_NAMESPACE):
            # What runs within a node has its metadata, and as its own namespace the node's.
            found.append(("within", metadata.get("langgraph_node")))
    if not attributes.keys().isdisjoint(_ATTRIBUTE_MARKS):
        found += [(word, attributes.get(key)) for key, word in _ATTRIBUTE_MARKS.items()]
    if attributes.get(_FORMAT) == "pydantic_ai":
        found.append(("agent", attributes.get("name")))
    return tuple((word, name[:_MAX_NAME]) for word, name in found if isinstance(name, str))


def _is_langchain(key: str) -> bool:
    return key.startswith(("langgraph_", "ls_"))
