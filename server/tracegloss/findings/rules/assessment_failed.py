"""Somebody or something judged this call or this trace, and said that it is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.wording import bounded, value_piece
from tracegloss.model.finding import Finding, JudgedAssessment, Severity
from tracegloss.model.trace import Assessment
from tracegloss.recorded import Phrase, phrase
from tracegloss.reveal import reveal


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report what the table of assessments calls failed, with its rationale as it was given."""
    for judged in case.assessments:
        if judged.judged == "failed":
            yield finding(case, rule, _note(case, judged))


def _note(case: Case, judged: JudgedAssessment) -> Note:
    a = judged.assessment
    is_on_span = a.span_id in case.spans and a.span_id != case.root
    is_sure = judged.has_reason or a.source_type == "LLM_JUDGE"
    return Note(
        message=_message(a),
        span_ids=(a.span_id,) if is_on_span and a.span_id is not None else (),
        anchor=a.span_id if is_on_span else case.root,
        stable=(reveal(a.name),),
        severity=None if is_sure else Severity.INFORMATION,
        editor=Severity.WARNING if is_on_span and is_sure else Severity.INFORMATION,
        values={"assessment_id": a.assessment_id},
    )


def _message(a: Assessment) -> Phrase:
    rationale = "" if a.rationale is None else reveal(a.rationale).strip()
    source = phrase(" ({source})", source=a.source_id) if a.source_id is not None else Phrase(())
    if a.rationale is not None and rationale:
        said = phrase("{name} failed: {rationale}", name=a.name, rationale=bounded(a.rationale))
        return said + source
    value = value_piece(reveal(a.value)) if a.value is not None else "no value"
    said = phrase("{name} failed: {value}", name=a.name, value=value)
    return said + source + phrase(" (no rationale)")


RULE = Rule("assessment-failed", Severity.WARNING, Severity.WARNING, look)
