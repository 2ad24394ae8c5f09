"""A retrieval that found nothing, although the run went on to use its result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tracegloss.findings.case import Case
from tracegloss.findings.documents import documents_in
from tracegloss.findings.model_calls import is_model
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.values import texts
from tracegloss.findings.wording import value_piece
from tracegloss.model.finding import Finding, Severity
from tracegloss.model.trace import Span, SpanStatus
from tracegloss.recorded import JsonValue, Phrase, phrase
from tracegloss.reveal import reveal

_KINDS = frozenset({"RETRIEVER", "TOOL"})
_QUERIES = ("query", "question", "input", "text", "q", "search")


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report outermost empty retrievals that a later span received or a model call followed."""
    for span in case.trace.spans:
        if _is_empty(case, span) and not _is_inner(case, span) and _was_used(case, span):
            message = phrase("Returned no document for {query}", query=_query(span))
            yield finding(case, rule, Note(message, (span.span_id,)))


def _is_empty(case: Case, span: Span) -> bool:
    kind = case.type(span.span_id)
    if kind not in _KINDS or span.outputs is None or span.status is SpanStatus.ERROR:
        return False
    outputs = reveal(span.outputs)
    is_retrieval = kind == "RETRIEVER" or (kind == "TOOL" and isinstance(outputs, Mapping))
    return is_retrieval and documents_in(outputs) == ()


def _is_inner(case: Case, span: Span) -> bool:
    return any(case.type(ancestor) == "RETRIEVER" for ancestor in case.tree.ancestors(span.span_id))


def _was_used(case: Case, span: Span) -> bool:
    end = span.end_ns
    later = [s for s in case.trace.spans if end is not None and s.start_ns >= end]
    return any(is_model(s) or _received_nothing(s) for s in later)


def _received_nothing(span: Span) -> bool:
    inputs: JsonValue = None if span.inputs is None else reveal(span.inputs)
    given = inputs.values() if isinstance(inputs, Mapping) else ()
    return any(documents_in(value) == () for value in given)


def _query(span: Span) -> Phrase:
    inputs: JsonValue = None if span.inputs is None else reveal(span.inputs)
    named = [inputs[q] for q in _QUERIES if q in inputs] if isinstance(inputs, Mapping) else []
    text = next((v for v in named if isinstance(v, str)), next(texts(inputs), None))
    return phrase("its query") if text is None else phrase("{query}", query=value_piece(text))


RULE = Rule("retrieval-empty", Severity.WARNING, Severity.WARNING, look)
