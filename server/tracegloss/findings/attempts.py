"""Finds calls that were tried again: same function, same inputs, same parent, one after another."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tracegloss.findings.case import Case
from tracegloss.findings.values import canonical
from tracegloss.model.trace import SpanStatus


class Attempts(Struct, frozen=True):
    """Calls of one thing in order of time; all failed, except perhaps the last."""

    parent: str
    span_ids: tuple[str, ...]
    succeeded: bool


def attempts(case: Case) -> Iterator[Attempts]:
    """Yield every series of two calls or more in which each but the last failed."""
    for parent, children in case.tree.children.items():
        if any(case.spans[child].status is SpanStatus.ERROR for child in children):
            yield from _series(case, parent, children)


def retried(case: Case) -> frozenset[str]:
    """Return the failed spans whose call succeeded at a later attempt."""
    return frozenset(
        span_id for tried in attempts(case) if tried.succeeded for span_id in tried.span_ids[:-1]
    )


def exhausted(case: Case) -> Iterator[Attempts]:
    """Yield the series in which every attempt failed, and with them the parent."""
    for tried in attempts(case):
        if not tried.succeeded and case.spans[tried.parent].status is SpanStatus.ERROR:
            yield tried


def _series(case: Case, parent: str, children: tuple[str, ...]) -> Iterator[Attempts]:
    groups: dict[tuple[object, ...], list[str]] = {}
    for child in children:
        span = case.spans[child]
        inputs = canonical(span.inputs)
        if inputs is not None:
            groups.setdefault((span.name, case.site(child), inputs), []).append(child)
    for group in groups.values():
        tried = _tried(case, group)
        if len(tried) >= 2:
            is_ok = case.spans[tried[-1]].status is not SpanStatus.ERROR
            yield Attempts(parent, tried, is_ok)


def _tried(case: Case, group: list[str]) -> tuple[str, ...]:
    """Keep the calls up to the first success, nothing when any of them overlap in time."""
    kept: list[str] = []
    reached = 0
    for span_id in group:
        span = case.spans[span_id]
        if span.start_ns < reached or span.end_ns is None or _is_control_flow(case, span_id):
            return ()
        kept.append(span_id)
        reached = span.end_ns
        if span.status is not SpanStatus.ERROR:
            break
    return tuple(kept)


def _is_control_flow(case: Case, span_id: str) -> bool:
    number = case.exceptions.of_span.get(span_id)
    return number is not None and case.exceptions.exceptions[number].control_flow
