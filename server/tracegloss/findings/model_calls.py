"""The model calls of a trace, each once: a framework's span and the SDK's below it are one call."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import MODEL_TYPES, Case
from tracegloss.model.trace import Span


def model_calls(case: Case) -> Iterator[Span]:
    """Yield the spans of model calls that have no model call below them."""
    for span in case.trace.spans:
        if case.type(span.span_id) in MODEL_TYPES and not any(
            case.type(child) in MODEL_TYPES for child in case.tree.children.get(span.span_id, ())
        ):
            yield span
