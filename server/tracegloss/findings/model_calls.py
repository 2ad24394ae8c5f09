"""The model calls of a trace, each once: a framework's span and the SDK's below it are one call."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.messages import ModelCall, model_call
from tracegloss.model.trace import Span
from tracegloss.reveal import reveal
from tracegloss.tree import SpanTree

MODEL_TYPES = frozenset({"LLM", "CHAT_MODEL"})


def model_calls(tree: SpanTree) -> Iterator[ModelCall]:
    """Read the spans of model calls that have no model call below them, in order of start."""
    for span in sorted(tree.spans.values(), key=lambda span: span.start_ns):
        below = tree.children.get(span.span_id, ())
        if is_model(span) and not any(is_model(tree.spans[child]) for child in below):
            yield model_call(span)


def is_model(span: Span) -> bool:
    """Tell whether a span is a call of a language model."""
    return span.type is not None and reveal(span.type) in MODEL_TYPES
