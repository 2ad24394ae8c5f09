"""Something that was expected of this trace appears in no output."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.blame import expectation_name, first_documents
from tracegloss.findings.case import Case
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.wording import listed, value_piece
from tracegloss.model.finding import Finding, JudgedAssessment, Related, Severity
from tracegloss.recorded import Phrase, phrase
from tracegloss.reveal import reveal


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report short expected texts that cannot be found where they should be."""
    for judged in case.assessments:
        if judged.judged == "unmet":
            yield finding(case, rule, _note(case, judged))


def _note(case: Case, judged: JudgedAssessment) -> Note:
    a = judged.assessment
    is_on_span = a.span_id in case.spans and a.span_id != case.root
    span_id = a.span_id if is_on_span else None
    value = reveal(a.value) if a.value is not None else None
    message = phrase(
        "Expected {name} {value} is in no output of {where}",
        name=expectation_name(judged),
        value=value_piece(value),
        where=_where(case, str(value), span_id),
    )
    return Note(
        message=message,
        span_ids=() if span_id is None else (span_id,),
        anchor=span_id or case.root,
        stable=(reveal(a.name), str(value)),
        related=_first_documents(case, span_id) if is_on_span else (),
        values={"assessment_id": a.assessment_id},
    )


def _where(case: Case, text: str, span_id: str | None) -> str | Phrase:
    """Say where the text is missing: in all of the trace, or only where it was expected."""
    folded = text.strip().casefold()
    if span_id is None or not any(folded in case.outputs.of(s).casefold() for s in case.tree.order):
        return "this trace"
    return phrase("{span}", span=case.name(span_id))


def _first_documents(case: Case, span_id: str | None) -> tuple[Related, ...]:
    first = first_documents(case)
    if first is None or first[0] == span_id or case.type(span_id or "") != "RETRIEVER":
        return ()
    site = case.site(first[0])
    words = phrase("first to return documents: {names}", names=listed(first[1]))
    return (Related(words, None if site is None else site.at, first[0]),)


RULE = Rule("expectation-unmet", Severity.WARNING, Severity.WARNING, look)
