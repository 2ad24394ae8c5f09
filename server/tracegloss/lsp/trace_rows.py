"""Traces as rows of a list, redacted, without their spans."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tracegloss.model.trace import TraceInfo
from tracegloss.wording.display import Display
from tracegloss.workspace.session import RootSession
from tracegloss.workspace.worker.jobs import SourceChosen

_PREVIEW_ROOM = 200


class TraceRow(Struct, frozen=True):
    """One trace: the time in milliseconds since the epoch, the previews in at most 200 columns.

    `is_foreign` tells that it was found to begin in other code than this folder's; of a trace that
    was never looked at that is not known.
    """

    trace_id: str
    name: str
    state: str
    time_ms: int | None
    duration_ms: int | None
    tokens: int | None
    assessments: int
    request: str
    response: str
    is_loaded: bool
    is_pinned: bool
    is_foreign: bool


class TraceRows(Struct, frozen=True):
    """Rows of one experiment of one root."""

    root: str
    source: str
    experiment_id: str
    experiment: str
    because: str
    traces: tuple[TraceRow, ...]


def trace_rows(session: RootSession, chosen: SourceChosen, infos: Sequence[TraceInfo]) -> TraceRows:
    """Write rows, in the order of the infos."""
    display = Display(session.settings.redaction)
    return TraceRows(
        root=session.path.as_uri(),
        source=chosen.source.uri or "",
        experiment_id=chosen.experiment_id,
        experiment=display.name(chosen.experiment_name),
        because=chosen.because,
        traces=tuple(_row(session, display, info) for info in infos),
    )


def opened_rows(session: RootSession, trace_ids: Sequence[str]) -> tuple[TraceRow, ...]:
    """Write rows of traces that are loaded, wherever they come from; others have none."""
    display = Display(session.settings.redaction)
    loaded = (session.traces.get(each) for each in trace_ids)
    return tuple(_row(session, display, each.trace.info) for each in loaded if each is not None)


def _row(session: RootSession, display: Display, info: TraceInfo) -> TraceRow:
    request, response = info.request_preview, info.response_preview
    return TraceRow(
        trace_id=info.trace_id,
        name=display.name(info.name),
        state=info.state.value,
        time_ms=None if info.request_ns is None else info.request_ns // 10**6,
        duration_ms=info.duration_ms,
        tokens=None if info.tokens is None else info.tokens.total,
        assessments=len(info.assessments),
        request="" if request is None else display.line(request, _PREVIEW_ROOM),
        response="" if response is None else display.line(response, _PREVIEW_ROOM),
        is_loaded=info.trace_id in session.traces,
        is_pinned=info.trace_id in session.pinned,
        is_foreign=info.trace_id in session.foreign,
    )
