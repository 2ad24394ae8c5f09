"""What could not be read in one trace, gathered so that a thousand equal faults are one line."""

from __future__ import annotations

from tracegloss.model.trace import Problem
from tracegloss.recorded import Phrase

MOST_SPAN_IDS = 100


class ProblemLog:
    """Collects problems while a trace is decoded; equal ones share a line and list their spans."""

    def __init__(self) -> None:
        self._spans: dict[tuple[str, str], list[str]] = {}
        self._count: dict[tuple[str, str], int] = {}

    def add(self, code: str, message: str, span_id: str | None = None) -> None:
        """Note one fault in our own words, with the span it was met in."""
        key = (code, message)
        self._count[key] = self._count.get(key, 0) + 1
        spans = self._spans.setdefault(key, [])
        if span_id is not None and len(spans) < MOST_SPAN_IDS and span_id not in spans[-1:]:
            spans.append(span_id)

    def problems(self) -> tuple[Problem, ...]:
        """Give one problem for every distinct fault, in the order they were met first."""
        return tuple(
            Problem(code, Phrase((_counted(message, self._count[code, message]),)), tuple(spans))
            for (code, message), spans in self._spans.items()
        )


def _counted(message: str, count: int) -> str:
    return message if count == 1 else f"{message} ({count} times)"
