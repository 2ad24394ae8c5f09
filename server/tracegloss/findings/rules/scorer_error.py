"""A scorer that failed, which says nothing about the trace."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.wording import bounded
from tracegloss.model.finding import Finding, Severity
from tracegloss.model.site import LiteralName, Site
from tracegloss.model.trace import Assessment, AssessmentError
from tracegloss.recorded import phrase
from tracegloss.reveal import reveal


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report scorers' own errors, at the scorer when it is in this repository."""
    for judged in case.assessments:
        error = judged.assessment.error
        if judged.judged == "scorer-error" and error is not None:
            yield finding(case, rule, _note(case, judged.assessment, error))


def _note(case: Case, a: Assessment, error: AssessmentError) -> Note:
    site = _scorer(case, reveal(a.name))
    message = phrase(
        "Scorer {name} failed: {code}{message}. This says nothing about the trace",
        name=a.name,
        code=error.code,
        message=phrase(" {message}", message=bounded(error.message)) if error.message else "",
    )
    return Note(
        message=message,
        span_ids=() if a.span_id not in case.spans or a.span_id is None else (a.span_id,),
        stable=(reveal(a.name), reveal(error.code)),
        place=None if site is None else site.at,
        placed=site is not None,
        has_place=site is not None,
    )


def _scorer(case: Case, name: str) -> Site | None:
    named = [
        site
        for site in case.index.sites
        if site.kind == "scorer"
        and any(isinstance(n, LiteralName) and n.text == name for n in site.names)
    ]
    return named[0] if len(named) == 1 else None


RULE = Rule("scorer-error", Severity.HINT, Severity.HINT, look)
