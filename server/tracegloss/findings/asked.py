"""Which model call asked for a call of a tool: by the id both recorded, else by what was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from tracegloss.findings.messages import ModelCall, ToolRequest
from tracegloss.model.trace import Span
from tracegloss.recorded import JsonValue
from tracegloss.reveal import reveal
from tracegloss.tree import SpanTree

# Where frameworks record the id of a tool call on the span that ran it: LangChain, OpenTelemetry's
# conventions, OpenInference, Claude Code, Vercel; PydanticAI 1 within the recorded arguments.
_ID_ATTRIBUTES = (
    "tool_call_id", "gen_ai.tool.call.id", "tool_call.id", "tool_use_id", "tool_id", "call_id",
    "ai.toolCall.id",
)  # fmt: skip
_ID_KEYS = ("tool_call_id", "call_id", "tool_use_id", "toolUseId")
_HOLDERS = ("call", "validated", "tool_call", "tool_use")
_TELLING = frozenset((*_ID_KEYS, *_HOLDERS))
_NAME_ATTRIBUTES = ("gen_ai.tool.name", "tool.name", "ai.toolCall.name")
_PREFIXES = ("Tool.", "execute_tool ")


class Asked(Struct, frozen=True):
    """A request for a tool, and the span of the model call that emitted it."""

    model: Span
    request: ToolRequest


def asked_for(tree: SpanTree, calls: Sequence[ModelCall]) -> Mapping[str, Asked]:
    """Find the request behind each span that runs a tool, by span id; no guess among several.

    `calls` are the model calls of the trace in order of start. An id that both recorded decides.
    Without one, the request is the last one before of the tool's name, unless its arguments differ
    from those recorded; a request of another id is never meant.
    """
    asked = [Asked(call.span, request) for call in calls for request in call.requests]
    if not asked:
        return {}
    requests = _Requests(_by_id(asked), _by_name(asked))
    found = (
        (span_id, requests.behind(span))
        for span_id, span in tree.spans.items()
        if requests.may_be_behind(span)
    )
    return {span_id: request for span_id, request in found if request is not None}


class _Requests(Struct, frozen=True):
    """All requests of a trace, by each of their ids and by the name of the tool, in order."""

    by_id: Mapping[str, Sequence[Asked]]
    by_name: Mapping[str, Sequence[Asked]]

    def may_be_behind(self, span: Span) -> bool:
        """Tell whether a span is worth a closer look: most run no tool."""
        if span.type is not None and reveal(span.type) == "TOOL":
            return True
        if reveal(span.name) in self.by_name:
            return True
        given = _arguments(span)
        return given is not None and not _TELLING.isdisjoint(given)

    def behind(self, span: Span) -> Asked | None:
        """Find the request that a span answers."""
        names = frozenset(_names(span))
        ids = frozenset(_ids(span)) if self.by_id else frozenset[str]()
        told = [each for call_id in ids for each in self.by_id.get(call_id, ())]
        before = [each for each in told if each.model.start_ns <= span.start_ns]
        if before:
            same = [each for each in before if each.request.name in names]
            return max(same or before, key=lambda each: each.model.start_ns)
        return self._by_name(span, names, has_id=bool(ids))

    def _by_name(self, span: Span, names: frozenset[str], *, has_id: bool) -> Asked | None:
        candidates = [
            each
            for name in names
            for each in self.by_name.get(name, ())
            if _is_before(each.model, span) and not (has_id and each.request.ids)
        ]
        given = _arguments(span)
        fitting = [each for each in candidates if not _differ(each.request.arguments, given)]
        equal = [each for each in fitting if given is not None and each.request.arguments == given]
        return max(equal or fitting, key=lambda each: each.model.start_ns, default=None)


def _by_id(asked: Sequence[Asked]) -> dict[str, list[Asked]]:
    found: dict[str, list[Asked]] = {}
    for each in asked:
        for call_id in each.request.ids:
            found.setdefault(call_id, []).append(each)
    return found


def _by_name(asked: Sequence[Asked]) -> dict[str, list[Asked]]:
    found: dict[str, list[Asked]] = {}
    for each in asked:
        found.setdefault(each.request.name, []).append(each)
    return found


def _is_before(model: Span, span: Span) -> bool:
    return model.end_ns is not None and model.end_ns <= span.start_ns


def _names(span: Span) -> Iterator[str]:
    name = reveal(span.name)
    yield name
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            yield name.removeprefix(prefix)
    if span.function_name is not None:
        yield reveal(span.function_name)
    attributes = reveal(span.attributes)
    for key in _NAME_ATTRIBUTES:
        told = attributes.get(key)
        if isinstance(told, str):
            yield told


def _ids(span: Span) -> Iterator[str]:
    attributes = reveal(span.attributes)
    for key in _ID_ATTRIBUTES:
        if isinstance(told := attributes.get(key), str):
            yield told
    holder = _arguments(span)
    keys: tuple[str, ...] = _ID_KEYS
    while holder is not None:
        yield from (told for key in keys if isinstance(told := holder.get(key), str))
        inner = next((holder[key] for key in _HOLDERS if key in holder), None)
        holder = inner if isinstance(inner, Mapping) else None
        keys = (*_ID_KEYS, "id")


def _arguments(span: Span) -> Mapping[str, JsonValue] | None:
    inputs = None if span.inputs is None else reveal(span.inputs)
    return inputs if isinstance(inputs, Mapping) else None


def _differ(asked: Mapping[str, JsonValue] | None, given: Mapping[str, JsonValue] | None) -> bool:
    """Tell whether an argument was recorded with another value than it was asked for with."""
    if asked is None or given is None:
        return False
    return any(key in given and given[key] != value for key, value in asked.items())
