"""A tool asked for with arguments that its function does not take, or without one it needs."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tracegloss.findings.case import Case
from tracegloss.findings.messages import OfferedTool, ToolRequest
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.wording import piece
from tracegloss.model.finding import Finding, Severity
from tracegloss.model.site import Site
from tracegloss.model.trace import Span
from tracegloss.recorded import Phrase, phrase
from tracegloss.reveal import reveal


class _Tool(Struct, frozen=True):
    """What is known of a tool: a span of it on code, its function's parameters, its schema."""

    span_id: str | None
    parameters: frozenset[str] | None
    schema: OfferedTool | None


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Check each request against the resolved function and the schema offered to the model."""
    reported: set[tuple[str, str]] = set()
    for call in case.model_calls:
        schemas = {tool.name: tool for tool in call.offered}
        for request in call.requests:
            tool = _tool(case, request.name, schemas.get(request.name))
            for key, words in _misfits(request, tool):
                if (request.name, key) not in reported:
                    reported.add((request.name, key))
                    yield finding(case, rule, _note(case, call.span, request, tool, key, words))


def _tool(case: Case, name: str, schema: OfferedTool | None) -> _Tool:
    for span in case.trace.spans:
        if name not in {reveal(span.name), _function_name(span)} or not case.is_sure(span.span_id):
            continue
        site = case.site(span.span_id)
        if site is not None:
            return _Tool(span.span_id, _parameters(case, span.span_id, site), schema)
    return _Tool(None, None, schema)


def _function_name(span: Span) -> str:
    return "" if span.function_name is None else reveal(span.function_name)


def _parameters(case: Case, span_id: str, site: Site) -> frozenset[str] | None:
    """Return what the tool's function takes, `None` when it takes anything or is not known."""
    entry = case.function(span_id)
    names = entry.parameters if entry is not None else site.parameters
    return None if names is None or site.variadic else frozenset(names)


def _misfits(request: ToolRequest, tool: _Tool) -> Iterator[tuple[str, str]]:
    if request.arguments is None:
        return
    known = [names for names in (tool.parameters, tool.schema and tool.schema.parameters) if names]
    for key in request.arguments:
        if known and not any(key in names for names in known):
            yield key, "with {key}, which it does not take"
    for key in sorted(tool.schema.required if tool.schema is not None else ()):
        is_a_parameter = tool.parameters is None or key in tool.parameters
        if key not in request.arguments and is_a_parameter:
            yield key, "without {key}, which it requires"


def _note(case: Case, span: Span, request: ToolRequest, tool: _Tool, key: str, words: str) -> Note:
    message: Phrase = phrase("{tool} called " + words, tool=piece(request.name), key=piece(key))
    spans = (span.span_id,) if tool.span_id is None else (tool.span_id, span.span_id)
    anchor = tool.span_id or case.owner(span.span_id)
    return Note(message, spans, (request.name, key), anchor=anchor)


RULE = Rule("tool-arguments", Severity.WARNING, Severity.WARNING, look)
