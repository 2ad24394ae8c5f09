"""What a store holds around one trace: pieces of the same run, and earlier runs of its code."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from tracegloss.correlate import correlate
from tracegloss.errors import TraceglossError
from tracegloss.findings.history import EarlierCall, percentile
from tracegloss.history.named_commit import named_commit
from tracegloss.index.repo import RepoIndex
from tracegloss.model.resolution import Resolution, Resolved
from tracegloss.model.settings import Settings
from tracegloss.model.trace import SpanStatus, Trace, TraceInfo
from tracegloss.traces.query import Source, around, earlier
from tracegloss.traces.tracking_uri import TrackingUri
from tracegloss.tree import SpanTree, span_tree
from tracegloss.workspace.beside import Beside

PATIENCE = 1.0
"""Seconds that a store has for each question about other traces."""

MOST_EARLIER = 40
MOST_SPANS = 2_000
_LONGEST_READING = 3.0
_LONGER_MS = 250
_TIMES = 2


class Around(Protocol):
    """What is around a trace, wherever it is known from."""

    def infos(self) -> Sequence[TraceInfo]:
        """Return the infos of traces around this one."""
        ...

    def earlier_calls(self, index: RepoIndex, settings: Settings) -> tuple[EarlierCall, ...]:
        """Return calls of functions in earlier traces of this one's name."""
        ...


class Neighbours:
    """The traces around one; asked for beside other work, and given up when the store is slow."""

    def __init__(
        self,
        open_source: Callable[[], Source],
        info: TraceInfo,
        known: Sequence[TraceInfo] | None = None,
    ) -> None:
        """Ask at once for the infos around a trace, unless they are `known` already.

        `open_source` makes a source of its own that is patient for `PATIENCE`.
        """
        self._open_source = open_source
        self._info = info
        self._known = known
        self._asked = Beside(self._around) if known is None else None

    def infos(self) -> Sequence[TraceInfo]:
        """Return the infos of traces around this one, nothing when the store did not say."""
        return (self._known or ()) if self._asked is None else self._asked.result()

    def earlier_calls(self, index: RepoIndex, settings: Settings) -> tuple[EarlierCall, ...]:
        """Return the calls of the newest earlier traces of this trace's name, as far as time lets.

        They are laid on `index`, which must be that of the code the trace ran at. Nothing is read
        when the trace as a whole took no longer and read no more tokens than they usually do.
        """
        calls: list[EarlierCall] = []
        for trace in self._earlier():
            tree = span_tree(trace)
            resolutions = correlate(trace, tree, index, {}, settings).resolutions
            is_same = self._is_of_same_code(trace.info)
            calls += calls_of(trace, tree, resolutions, index, is_same=is_same)
        return tuple(calls)

    def _around(self) -> tuple[TraceInfo, ...]:
        query = around(self._info)
        if query is None:
            return ()
        try:
            return tuple(self._open_source().search(query))
        except TraceglossError:
            return ()

    def _earlier(self) -> Iterator[Trace]:
        query = earlier(self._info, MOST_EARLIER)
        if query is None:
            return
        try:
            source = self._open_source()
            infos = tuple(source.search(query))
            if not is_unusual(self._info, infos):
                return
            until = time.monotonic() + _LONGEST_READING
            for info in infos:
                if time.monotonic() > until:
                    return
                trace = source.trace(info.trace_id)
                if len(trace.spans) <= MOST_SPANS:
                    yield trace
        except TraceglossError:
            return

    def _is_of_same_code(self, other: TraceInfo) -> bool:
        own = named_commit(self._info, None)
        return own is not None and own == named_commit(other, None)


def neighbours_of(
    uri: TrackingUri,
    environment: Mapping[str, str],
    timeout: float,
    info: TraceInfo,
    infos: Sequence[TraceInfo] | None,
) -> Neighbours | None:
    """Ask for the traces around one, of stores that answer without MLflow's own client.

    `infos` are those of traces around it, when they are known already; `timeout` is in seconds.
    """
    if uri.kind not in {"server", "sqlite"}:
        return None
    patience = min(PATIENCE, timeout)

    def open_patiently() -> Source:
        from tracegloss.traces.sources import open_source

        return open_source(uri, environment, Path.home(), patience)

    return Neighbours(open_patiently, info, infos)


def is_unusual(info: TraceInfo, others: Sequence[TraceInfo]) -> bool:
    """Tell whether a trace took longer, or read more tokens, than others of its name usually do."""
    took = [each.duration_ms for each in others if each.duration_ms is not None]
    read = [tokens for each in others if (tokens := _tokens(each)) is not None]
    tokens = _tokens(info)
    return (
        bool(took)
        and info.duration_ms is not None
        and info.duration_ms >= percentile(took, 0.5) + _LONGER_MS
    ) or (bool(read) and tokens is not None and tokens >= _TIMES * percentile(read, 0.5))


def _tokens(info: TraceInfo) -> int | None:
    return None if info.tokens is None else info.tokens.input


def calls_of(
    trace: Trace,
    tree: SpanTree,
    resolutions: Mapping[str, Resolution],
    index: RepoIndex,
    *,
    is_same: bool,
) -> Iterator[EarlierCall]:
    """Yield the calls of functions in a trace; `is_same` tells that it ran at the index's code."""
    for span in trace.spans:
        function = _function(resolutions, tree, span.span_id)
        entry = None if function is None else index.functions.get(function.site.function)  # type: ignore[arg-type]
        if entry is None:
            continue
        is_own = resolutions.get(span.span_id) is function
        took = span.duration_ns if is_own and span.status is not SpanStatus.ERROR else None
        tokens = None if span.tokens is None else span.tokens.input
        if took is not None or tokens is not None:
            text_hash = entry.text_hash if is_same else None
            path, name = entry.function.path, entry.function.qualified_name
            yield EarlierCall(path, name, text_hash, took, tokens)


def _function(
    resolutions: Mapping[str, Resolution], tree: SpanTree, span_id: str
) -> Resolved | None:
    """Find the resolution of a span, or of the nearest span above it, that lies on code."""
    for each in (span_id, *tree.ancestors(span_id)):
        resolution = resolutions.get(each)
        if isinstance(resolution, Resolved):
            return resolution
    return None
