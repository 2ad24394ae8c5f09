"""The members `verdict`, `exceptions`, `findings`, `assessments` and `origin`."""

from __future__ import annotations

from collections.abc import Mapping

from tracegloss.model.finding import JudgedAssessment, RaisedException, Related
from tracegloss.model.resolution import PlacedFrame
from tracegloss.report.json.history import freshness_members
from tracegloss.report.json.members import Json, Members, place_members, severity_word, strings
from tracegloss.report.json.numbering import Numbering, exception_id
from tracegloss.report.json.values import ValueWriter
from tracegloss.report.marking import finding_order
from tracegloss.report.naming import site_of_span
from tracegloss.report.origin import shown_origin
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.rule_pages import page_of

_MOST_FRAMES = 50


def verdict_members(on_code: TraceOnCode, numbering: Numbering, writer: ValueWriter) -> Members:
    """Write the verdict with its reasons, and what was looked for."""
    examination = on_code.examination
    verdict = examination.verdict
    reasons: list[Json] = [
        {
            "text": writer.display.sentence(reason.text),
            "finding_ids": [numbering.findings[n] for n in reason.finding_numbers],
            "span_ids": strings(reason.span_ids),
        }
        for reason in verdict.reasons
    ]
    return {
        "kind": verdict.kind,
        "certainty": verdict.certainty,
        "summary": writer.display.sentence(verdict.summary),
        "start_at": place_members(verdict.start_at),
        "span_id": verdict.span_id,
        "reasons": reasons,
        "checked": strings(examination.checked),
        "not_checked": [
            {"rule": one.rule, "reason": writer.display.ours(one.reason)}
            for one in examination.not_checked
        ],
    }


def exceptions_members(on_code: TraceOnCode, writer: ValueWriter) -> Members:
    """Write the table of exceptions by id."""
    return {
        f"e{position}": _exception(exception, writer)
        for position, exception in enumerate(on_code.examination.exceptions)
    }


def findings_members(on_code: TraceOnCode, numbering: Numbering, writer: ValueWriter) -> list[Json]:
    """Write all findings, suppressed ones too, by severity, then time."""
    return [_finding(position, on_code, numbering, writer) for position in finding_order(on_code)]


def assessments_members(
    on_code: TraceOnCode, numbering: Numbering, writer: ValueWriter
) -> list[Json]:
    """Write every assessment with what it counts as."""
    return [
        _assessment(judged, _finding_about(judged, on_code, numbering), writer)
        for judged in on_code.examination.assessments
    ]


def origin_members(on_code: TraceOnCode, numbering: Numbering, writer: ValueWriter) -> list[Json]:
    """Write the stretches of the output with their sources; 0-based code points, half open."""
    origin = shown_origin(on_code, writer.display)
    if origin is None:
        return []
    return [
        {
            "from": part.start,
            "to": part.end,
            "text_length": origin.text_length,
            "span_id": part.span_id,
            "site_id": numbering.site(site_of_span(on_code, part.span_id)),
            "document": writer.string(part.document),
            "how": part.how,
        }
        for part in origin.parts
    ]


def _exception(exception: RaisedException, writer: ValueWriter) -> Members:
    kept = exception.frames[-_MOST_FRAMES:]
    return {
        "type": writer.string(exception.type),
        "message": writer.string(exception.message),
        "raised_at": place_members(exception.raised_at),
        "in_library": None
        if exception.in_library is None
        else writer.display.ours(exception.in_library),
        "cause_id": exception_id(exception.cause),
        "control_flow": exception.control_flow,
        "expected": exception.expected,
        "frames": [_frame(placed, writer) for placed in kept],
        "frames_omitted": len(exception.frames) - len(kept),
    }


def _frame(placed: PlacedFrame, writer: ValueWriter) -> Members:
    return {
        "path": writer.string(placed.frame.path),
        "line": placed.frame.line,
        "function": writer.string(placed.frame.function),
        "text": writer.string(placed.frame.text),
        "own": placed.own,
        "place": place_members(placed.place),
    }


def _finding(
    position: int, on_code: TraceOnCode, numbering: Numbering, writer: ValueWriter
) -> Members:
    finding, sentence = on_code.examination.findings[position], writer.display.sentence
    return {
        "id": numbering.findings[position],
        "rule": finding.rule,
        "severity": severity_word(finding.severity),
        "editor_severity": severity_word(finding.editor_severity),
        "message": sentence(finding.message),
        "detail": None if finding.detail is None else sentence(finding.detail),
        "span_ids": strings(finding.span_ids),
        "place": place_members(finding.place),
        "related": [_related(related, writer) for related in finding.related],
        "site_id": numbering.site(finding.site),
        "exception_id": exception_id(finding.exception),
        "fingerprint": finding.fingerprint,
        "values": _values(finding.values, writer),
        "suppressed": finding.suppressed,
        "url": page_of(finding.rule),
        **freshness_members(on_code.since_at(finding.span_ids, finding.place)),
    }


def _values(values: Mapping[str, int | float | str], writer: ValueWriter) -> Members:
    return {
        key: writer.display.ours(value) if isinstance(value, str) else value
        for key, value in sorted(values.items())
    }


def _related(related: Related, writer: ValueWriter) -> Members:
    return {
        "message": writer.display.sentence(related.message),
        "place": place_members(related.place),
        "span_id": related.span_id,
    }


def _assessment(judged: JudgedAssessment, finding_id: str | None, writer: ValueWriter) -> Members:
    assessment = judged.assessment
    value = assessment.value
    redacted = None if value is None else writer.display.named(assessment.name, value)
    return {
        "assessment_id": writer.display.ours(assessment.assessment_id),
        "name": writer.string(assessment.name),
        "kind": assessment.kind,
        "span_id": assessment.span_id,
        "source_type": writer.display.ours(assessment.source_type),
        "source_id": writer.string(assessment.source_id),
        "value": None if redacted is None else writer.bounded(redacted),
        "rationale": writer.string(assessment.rationale),
        "judged": judged.judged,
        "why": writer.display.sentence(judged.why),
        "finding_id": finding_id,
        "scorer_site_id": None,
    }


def _finding_about(
    judged: JudgedAssessment, on_code: TraceOnCode, numbering: Numbering
) -> str | None:
    own_id = judged.assessment.assessment_id
    return next(
        (
            numbering.findings[position]
            for position, finding in enumerate(on_code.examination.findings)
            if own_id and finding.values.get("assessment_id") == own_id
        ),
        None,
    )
