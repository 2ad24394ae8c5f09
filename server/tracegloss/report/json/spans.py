"""The member `spans`: every span with its times, values and resolution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from tracegloss.model.finding import ExceptionRole, Related
from tracegloss.model.freshness import AsRan
from tracegloss.model.resolution import (
    Ambiguous,
    Candidate,
    Evidence,
    Resolution,
    Resolved,
    Unresolved,
)
from tracegloss.model.site import Site
from tracegloss.model.trace import Span
from tracegloss.recorded import Phrase
from tracegloss.report.folding import fold, rows
from tracegloss.report.json.history import changes_members, freshness_members
from tracegloss.report.json.members import (
    Json,
    Members,
    finite,
    place_members,
    strings,
    tokens_members,
)
from tracegloss.report.json.numbering import Numbering, exception_id
from tracegloss.report.json.values import ValueWriter
from tracegloss.report.marking import marks
from tracegloss.report.timing import start_ns
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.durations import milliseconds
from tracegloss.wording.printable import one_line


class _Context(Struct, frozen=True):
    on_code: TraceOnCode
    numbering: Numbering
    writer: ValueWriter
    start_ns: int
    folds: Mapping[str, Sequence[str]]
    raised: Mapping[str, tuple[int, ExceptionRole]]


def spans_members(
    on_code: TraceOnCode, numbering: Numbering, writer: ValueWriter, only: str | None = None
) -> list[Json]:
    """Write the spans depth first in start order, orphans after the roots; or `only` one."""
    context = _Context(
        on_code,
        numbering,
        writer,
        start_ns(on_code.tree) or 0,
        _folds(on_code),
        _exceptions_of_spans(on_code),
    )
    return [
        _span(context, on_code.tree.spans[span_id])
        for span_id in (on_code.tree.order if only is None else (only,))
    ]


def site_members(site: Site, as_ran: AsRan | None = None) -> Members:
    """Write one entry of the table of sites; `as_ran` when it stood elsewhere in the run."""
    return {
        "at": place_members(site.at),
        "extent": {
            "line": site.extent.start.line + 1,
            "end_line": site.extent.end.line + 1,
        },
        "kind": site.kind,
        "qualified_name": None if site.qualified_name is None else one_line(site.qualified_name),
        "as_ran": None if as_ran is None else _as_ran(as_ran),
    }


def _as_ran(ran: AsRan) -> Members:
    return {
        "commit": one_line(ran.commit),
        "path": one_line(ran.at.path),
        "line": ran.at.range.start.line + 1,
        "cell": ran.at.cell,
        "qualified_name": None if ran.qualified_name is None else one_line(ran.qualified_name),
        "signature": None if ran.signature is None else one_line(ran.signature),
    }


def _span(context: _Context, span: Span) -> Members:
    on_code, writer = context.on_code, context.writer
    span_id = span.span_id
    self_ns = on_code.self_ns.get(span_id)
    exception, role = context.raised.get(span_id, (None, None))
    members = context.folds.get(span_id)
    return {
        "span_id": span_id,
        "parent_id": span.parent_id,
        "name": writer.string(span.name),
        "type": writer.string(span.type),
        "status": span.status.value,
        "status_message": writer.string(span.status_message),
        "start_ms": milliseconds(span.start_ns - context.start_ns),
        "duration_ms": None if span.duration_ns is None else milliseconds(span.duration_ns),
        "self_ms": None if self_ns is None else milliseconds(self_ns),
        "on_critical_path": span_id in on_code.critical,
        "fold": None if members is None else {"count": len(members), "span_ids": strings(members)},
        "tokens": tokens_members(span.tokens),
        "cost_usd": finite(span.cost_usd),
        "model": writer.string(span.model),
        "service": writer.string(span.service),
        "inputs": writer.value(span.inputs),
        "outputs": writer.value(span.outputs),
        "exception_id": exception_id(exception),
        "exception_role": role,
        "asked_by": _asker(on_code.examination.asked_by.get(span_id), writer),
        "resolution": {
            **_resolution(on_code.correlation.resolutions[span_id], context.numbering, writer),
            **freshness_members(on_code.since.get(span_id)),
            "changes": changes_members(on_code.since.get(span_id)),
        },
    }


def _asker(asked: Related | None, writer: ValueWriter) -> Json:
    if asked is None:
        return None
    return {
        "span_id": asked.span_id,
        "request": _words(asked.message, writer),
        "place": place_members(asked.place),
    }


def _resolution(resolution: Resolution, numbering: Numbering, writer: ValueWriter) -> Members:
    members: Members = {
        "outcome": "resolved",
        "reason": None,
        "detail": None,
        "near": None,
        "confidence": None,
        "site_id": None,
        "called_from": None,
        **freshness_members(None),
        "changes": None,
        "evidence": [],
        "candidates": [],
    }
    match resolution:
        case Resolved():
            members["confidence"] = resolution.confidence.name.lower()
            members["site_id"] = numbering.site(resolution.site)
            members["called_from"] = place_members(resolution.called_from)
            members["evidence"] = _evidence(resolution.evidence, writer)
            members["candidates"] = _candidates(resolution.alternatives, numbering, writer)
        case Ambiguous():
            members["outcome"] = "ambiguous"
            members["called_from"] = place_members(resolution.called_from)
            members["evidence"] = _evidence(resolution.evidence, writer)
            members["candidates"] = _candidates(resolution.candidates, numbering, writer)
        case Unresolved():
            members["outcome"] = "unresolved"
            members["reason"] = resolution.reason
            members["detail"] = _words(resolution.detail, writer)
            members["near"] = place_members(resolution.near)
    return members


def _evidence(evidence: Sequence[Evidence], writer: ValueWriter) -> list[Json]:
    return [
        {"kind": e.kind.value, "for": e.supports, "detail": _words(e.detail, writer)}
        for e in evidence
    ]


def _candidates(
    candidates: Sequence[Candidate], numbering: Numbering, writer: ValueWriter
) -> list[Json]:
    return [
        {"site_id": numbering.site(c.site), "against": _words(c.against, writer)}
        for c in candidates
    ]


def _words(words: Phrase, writer: ValueWriter) -> str:
    return writer.display.sentence(words)


def _folds(on_code: TraceOnCode) -> dict[str, Sequence[str]]:
    folded = rows(fold(on_code, marks(on_code)))
    return {row.first: row.span_ids for row in folded if len(row.span_ids) > 1}


def _exceptions_of_spans(on_code: TraceOnCode) -> dict[str, tuple[int, ExceptionRole]]:
    found: dict[str, tuple[int, ExceptionRole]] = {}
    for position, exception in enumerate(on_code.examination.exceptions):
        for span_id, role in exception.roles.items():
            found[span_id] = (position, role)
    return found
