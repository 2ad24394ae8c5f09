"""Where to start when an answer is wrong and nothing was raised, with reasons from the trace."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tracegloss.findings.case import Case
from tracegloss.findings.documents import documents_in, holds_documents
from tracegloss.findings.wording import joined, listed, piece, value_piece
from tracegloss.model.finding import Finding, JudgedAssessment, Reason
from tracegloss.model.site import Place
from tracegloss.recorded import Phrase, RecordedText, phrase
from tracegloss.reveal import reveal


class Start(Struct, frozen=True):
    """A place to start at, its span, and why."""

    place: Place | None
    span_id: str | None
    reasons: tuple[Reason, ...]


def start_of_wrong_answer(case: Case, findings: Sequence[Finding]) -> Start | None:
    """Choose where to start, by the strongest statement this trace allows."""
    return (
        _never_found(case, findings)
        or _failed_on_a_span(case, findings)
        or _missing_term(case, findings)
        or _copied_from(case)
    )


def first_documents(case: Case) -> tuple[str, tuple[RecordedText, ...]] | None:
    """Find the span that was the first to return documents, and what they call themselves."""
    ended = [span for span in case.trace.spans if span.end_ns is not None and span.outputs]
    for span in sorted(ended, key=lambda s: (s.end_ns or 0, -case.tree.depths[s.span_id])):
        documents = documents_in(reveal(span.outputs)) if span.outputs is not None else None
        if documents:
            names = tuple(piece(d.id) for d in documents if d.id)
            return span.span_id, names
    return None


def _never_found(case: Case, findings: Sequence[Finding]) -> Start | None:
    """An expected document that no span returned was lost where documents first came from."""
    first = first_documents(case)
    unmet = next(
        (j for j in case.assessments if j.judged == "unmet" and _is_of_documents(case, j)), None
    )
    if unmet is None or first is None or case.site(first[0]) is None:
        return None
    span_id, names = first
    missing = _expected_text(unmet)
    reasons = [
        Reason(
            phrase(
                "the expected {what} {missing} is in no span's output: it was never found{so}.",
                what=expectation_name(unmet),
                missing=missing,
                so=_consumers(case, span_id),
            ),
            _numbers(findings, "expectation-unmet"),
        ),
        Reason(
            phrase(
                "{span} is the first span to return documents{names}.",
                span=case.name(span_id),
                names=phrase(": {names}", names=listed(names)) if names else Phrase(()),
            ),
            (),
            (span_id,),
        ),
    ]
    return _start(case, span_id, tuple(reasons))


def expectation_name(judged: JudgedAssessment) -> RecordedText:
    """Return what an expectation is of: `expected_document` expects a document."""
    name = reveal(judged.assessment.name)
    return piece(name.removeprefix("expected_").replace("_", " ").strip() or name)


def _expected_text(judged: JudgedAssessment) -> RecordedText:
    value = judged.assessment.value
    return piece(str(reveal(value))) if value is not None else piece("")


def _is_of_documents(case: Case, judged: JudgedAssessment) -> bool:
    span_id = judged.assessment.span_id
    if span_id is not None and span_id in case.spans and case.type(span_id) == "RETRIEVER":
        return not _is_anywhere(case, judged)
    words = reveal(judged.assessment.name).lower()
    named = any(word in words for word in ("document", "doc", "source", "retriev", "chunk"))
    return named and not _is_anywhere(case, judged)


def _is_anywhere(case: Case, judged: JudgedAssessment) -> bool:
    text = reveal(_expected_text(judged)).casefold()
    return any(text in case.outputs.of(span_id).casefold() for span_id in case.tree.order)


def _consumers(case: Case, producer: str) -> Phrase:
    """Name the spans that worked with documents afterwards."""
    end = case.spans[producer].end_ns or 0
    later = [
        span.name
        for span in case.trace.spans
        if span.start_ns >= end and span.inputs is not None and holds_documents(reveal(span.inputs))
    ]
    names = list(dict.fromkeys(later))[:3]
    if not names:
        return Phrase(())
    spoken = joined([Phrase((name,)) for name in names])
    return phrase(", so {names} could not use it", names=spoken)


def _failed_on_a_span(case: Case, findings: Sequence[Finding]) -> Start | None:
    """A judgment on one span points at that span; of several, the one that ended first."""
    failed = [
        j
        for j in case.assessments
        if j.judged in {"failed", "unmet"}
        and j.assessment.span_id in case.spans
        and j.assessment.span_id != case.root
        and case.site(j.assessment.span_id) is not None
    ]
    if not failed:
        return None
    first = min(failed, key=lambda j: case.spans[j.assessment.span_id or ""].end_ns or 0)
    span_id = first.assessment.span_id or ""
    reasons = [
        _judged_reason(case, findings, judged)
        for judged in failed
        if judged.assessment.span_id == span_id
    ]
    return _start(case, span_id, tuple(reasons))


def _judged_reason(case: Case, findings: Sequence[Finding], judged: JudgedAssessment) -> Reason:
    a = judged.assessment
    words = phrase(
        "{name} on {span}: {value}",
        name=a.name,
        span=case.name(a.span_id or ""),
        value=value_piece(reveal(a.value) if a.value is not None else None)
        if judged.judged == "failed"
        else judged.why,
    )
    if a.rationale is not None:
        words = words + phrase(', "{rationale}"', rationale=a.rationale)
    rule = "assessment-failed" if judged.judged == "failed" else "expectation-unmet"
    numbers = [n for n in _numbers(findings, rule) if findings[n].span_ids[:1] == (a.span_id,)]
    return Reason(words + phrase("."), tuple(numbers), (a.span_id or "",))


def _missing_term(case: Case, findings: Sequence[Finding]) -> Start | None:
    """A word of the question that retrieval lost, with what the answer was made of instead."""
    numbers = _numbers(findings, "retrieval-missing-term")
    if not numbers:
        return None
    found = findings[numbers[0]]
    span_id = found.span_ids[0]
    copied = _copied_share(case, span_id)
    return _start(
        case, span_id, (*copied, Reason(found.message + phrase("."), numbers[:1], found.span_ids))
    )


def _copied_from(case: Case) -> Start | None:
    """The span that most of the output was copied from, when that is most of the output."""
    origin = case.origin
    copied = [part for part in origin.parts if part.how == "copied"] if origin is not None else []
    totals: dict[str, int] = {}
    for part in copied:
        totals[part.span_id] = totals.get(part.span_id, 0) + part.end - part.start
    if origin is None or not totals:
        return None
    span_id = max(totals, key=lambda s: totals[s])
    if 2 * totals[span_id] < origin.text_length or case.site(span_id) is None:
        return None
    return _start(case, span_id, _copied_share(case, span_id))


def _copied_share(case: Case, span_id: str) -> tuple[Reason, ...]:
    if case.origin is None:
        return ()
    parts = [p for p in case.origin.parts if p.span_id == span_id and p.how == "copied"]
    length = sum(part.end - part.start for part in parts)
    if not length:
        return ()
    names = list(dict.fromkeys(part.document for part in parts if part.document is not None))
    document = phrase(", document {name}", name=names[0]) if len(names) == 1 else Phrase(())
    words = phrase(
        "{share} % of the answer is copied from {span}{document}.",
        share=round(100 * length / case.origin.text_length),
        span=case.name(span_id),
        document=document,
    )
    return (Reason(words, (), (span_id,)),)


def _start(case: Case, span_id: str, reasons: tuple[Reason, ...]) -> Start:
    site = case.site(span_id)
    return Start(None if site is None else site.at, span_id, reasons)


def _numbers(findings: Sequence[Finding], rule: str) -> tuple[int, ...]:
    return tuple(number for number, found in enumerate(findings) if found.rule == rule)
