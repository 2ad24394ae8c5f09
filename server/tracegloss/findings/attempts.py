"""Finds calls that were tried again: same function, same inputs, same parent, one after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from tracegloss.findings.exceptions import ExceptionTable
from tracegloss.findings.values import canonical
from tracegloss.model.resolution import Correlation, Resolved
from tracegloss.model.site import Site
from tracegloss.model.trace import SpanStatus
from tracegloss.tree import SpanTree


class Attempts(Struct, frozen=True):
    """Calls of one thing in order of time; all failed, except perhaps the last.

    `gave_up` tells that none succeeded and their parent failed with them.
    """

    parent: str
    span_ids: tuple[str, ...]
    succeeded: bool
    gave_up: bool


def attempts(
    tree: SpanTree, correlation: Correlation, exceptions: ExceptionTable
) -> Iterator[Attempts]:
    """Yield every series of two calls or more in which each but the last failed."""
    failed = (span_id for span_id in tree.order if _failed(tree, span_id))
    failing = {tree.parents.get(span_id) for span_id in failed}
    for parent, children in tree.children.items():
        if parent not in failing:
            continue
        for group in _equal_calls(tree, correlation, children):
            tried = _tried(tree, exceptions, group)
            if len(tried) >= 2:
                succeeded = not _failed(tree, tried[-1])
                gave_up = not succeeded and _failed(tree, parent)
                yield Attempts(parent, tried, succeeded, gave_up)


def retried(found: Iterable[Attempts]) -> frozenset[str]:
    """Return the failed spans whose call succeeded at a later attempt."""
    return frozenset(
        span_id for tried in found if tried.succeeded for span_id in tried.span_ids[:-1]
    )


def _equal_calls(
    tree: SpanTree, correlation: Correlation, children: tuple[str, ...]
) -> Iterable[list[str]]:
    groups: dict[tuple[object, ...], list[str]] = {}
    for child in children:
        span = tree.spans[child]
        inputs = canonical(span.inputs)
        if inputs is not None:
            groups.setdefault((span.name, _site(correlation, child), inputs), []).append(child)
    return groups.values()


def _site(correlation: Correlation, span_id: str) -> Site | None:
    resolution = correlation.resolutions.get(span_id)
    return resolution.site if isinstance(resolution, Resolved) else None


def _tried(tree: SpanTree, exceptions: ExceptionTable, group: list[str]) -> tuple[str, ...]:
    """Keep the calls up to the first success, nothing when any of them overlap in time."""
    kept: list[str] = []
    reached = 0
    for span_id in group:
        span = tree.spans[span_id]
        if span.start_ns < reached or span.end_ns is None or _is_control_flow(exceptions, span_id):
            return ()
        kept.append(span_id)
        reached = span.end_ns
        if not _failed(tree, span_id):
            break
    return tuple(kept)


def _is_control_flow(exceptions: ExceptionTable, span_id: str) -> bool:
    number = exceptions.of_span.get(span_id)
    return number is not None and exceptions.exceptions[number].control_flow


def _failed(tree: SpanTree, span_id: str) -> bool:
    return tree.spans[span_id].status is SpanStatus.ERROR
