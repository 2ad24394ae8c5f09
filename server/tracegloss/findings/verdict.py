"""What a reader should take away first: proven, likely or unknown, no stronger than the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tracegloss.findings.blame import Start, start_of_wrong_answer
from tracegloss.findings.case import Case
from tracegloss.findings.exceptions import in_words
from tracegloss.findings.passage import ended_by
from tracegloss.findings.wording import joined, plural
from tracegloss.model.finding import (
    Finding,
    JudgedAssessment,
    RaisedException,
    Reason,
    Severity,
    Verdict,
)
from tracegloss.model.site import Place
from tracegloss.model.trace import SpanStatus
from tracegloss.recorded import JsonValue, Phrase, phrase
from tracegloss.reveal import reveal

_ENDING = ("error-raised", "retry-exhausted", "expected-error")


def verdict(case: Case, findings: Sequence[Finding]) -> Verdict:
    """Reach the verdict: an exception, a failed span, missing parts, a bad judgment, or nothing."""
    fatal = [number for number, fate in enumerate(case.exceptions.fates) if fate == "fatal"]
    ended = [b for n in fatal for b in case.exceptions.bearers(n)]
    serious = [n for n in ended if not case.exceptions.exceptions[n].control_flow]
    if serious:
        return _error(case, findings, serious[0])
    silent = [f for f in findings if f.rule == "error-without-exception"]
    if silent and _root_failed(case):
        return _failed(case, silent[0], findings.index(silent[0]))
    if case.root is None or case.spans[case.root].end_ns is None:
        return _incomplete(case, findings)
    judged = [j for j in case.assessments if j.judged in {"failed", "unmet"}]
    if judged:
        return _judged_wrong(case, findings, judged)
    return _worth_a_look(case, findings) or _clean(case)


def _error(case: Case, findings: Sequence[Finding], number: int) -> Verdict:
    raised = case.exceptions.exceptions[number]
    numbers = tuple(
        n for n, f in enumerate(findings) if f.exception == number and f.rule in _ENDING
    )
    summary = in_words(raised)
    if raised.expected:
        summary = summary + phrase(" (listed as expected)")
    span_id = case.exceptions.first_raised[number]
    place = raised.raised_at
    site = case.site(span_id)
    start_at = place if place is not None else site.at if site is not None else None
    return Verdict(
        kind="error",
        certainty=_error_certainty(raised, start_at),
        summary=summary,
        start_at=start_at,
        span_id=span_id,
        reasons=ended_by(case, number, numbers),
    )


def _error_certainty(
    raised: RaisedException, start_at: Place | None
) -> Literal["proven", "likely", "unknown"]:
    """Only a raise line among the own lines is a proof; a call into a library is where to start."""
    if start_at is None:
        return "unknown"
    own = raised.raised_at is not None and raised.in_library is None
    return "proven" if own else "likely"


def _root_failed(case: Case) -> bool:
    return case.root is not None and case.spans[case.root].status is SpanStatus.ERROR


def _failed(case: Case, found: Finding, number: int) -> Verdict:
    span_id = found.span_ids[0]
    return Verdict(
        kind="error",
        certainty="likely" if found.place is not None else "unknown",
        summary=phrase("{span} failed without an exception.", span=case.name(span_id)),
        start_at=found.place,
        span_id=span_id,
        reasons=(Reason(found.message, (number,), (span_id,)),),
    )


def _incomplete(case: Case, findings: Sequence[Finding]) -> Verdict:
    numbered = [(n, f) for n, f in enumerate(findings) if f.rule.startswith("trace-")]
    if not case.trace.spans:
        summary = phrase("This trace has no spans: nothing can be said of its run.")
    elif case.root is None:
        summary = phrase("The root span is missing: nothing can be said of the run as a whole.")
    else:
        summary = phrase("The root span has not ended: the run goes on, or was killed.")
    reasons = tuple(Reason(f.message, (n,), f.span_ids) for n, f in numbered)
    place = next((f.place for _, f in numbered if f.place is not None), None)
    return Verdict("incomplete", "unknown", summary, place, None, reasons)


def _judged_wrong(
    case: Case, findings: Sequence[Finding], judged: Sequence[JudgedAssessment]
) -> Verdict:
    start = start_of_wrong_answer(case, findings)
    return Verdict(
        kind="judged-wrong",
        certainty="unknown" if start is None or start.place is None else "likely",
        summary=_no_exception(case) + phrase(" ") + _judgment(judged),
        start_at=None if start is None else start.place,
        span_id=None if start is None else start.span_id,
        reasons=() if start is None else start.reasons,
    )


def _judgment(judged: Sequence[JudgedAssessment]) -> Phrase:
    failed = [j for j in judged if j.judged == "failed"]
    if not failed:
        names = joined([phrase("{name}", name=j.assessment.name) for j in judged])
        verb = "An expectation is unmet: " if len(judged) == 1 else "Expectations are unmet: "
        return phrase(verb) + names + phrase(".")
    failed.sort(key=lambda j: j.assessment.span_id is None)
    names = joined([phrase("{name}", name=j.assessment.name) for j in failed])
    said = {_value(j) for j in failed}
    word = said.pop() if len(said) == 1 else None
    verb = "is" if len(failed) == 1 else "are"
    ending = f" {verb} {word}." if word is not None else " failed."
    return phrase("The answer was judged wrong: ") + names + phrase(ending)


def _value(judged: JudgedAssessment) -> str | None:
    value: JsonValue = None if judged.assessment.value is None else reveal(judged.assessment.value)
    return "false" if value is False else "no" if value == "no" else None


def _no_exception(case: Case) -> Phrase:
    serious = [e for e in case.exceptions.exceptions if not e.control_flow]
    return phrase("No exception ended the run." if serious else "No exception.")


def _worth_a_look(case: Case, findings: Sequence[Finding]) -> Verdict | None:
    numbered = [(n, f) for n, f in enumerate(findings) if f.severity >= Severity.INFORMATION]
    if not numbered:
        return None
    number, worst = min(numbered, key=lambda nf: (-nf[1].severity, nf[1].place is None, nf[0]))
    start = start_of_wrong_answer(case, findings) if worst.rule.startswith("retrieval-") else None
    if start is None:
        span_id = worst.span_ids[0] if worst.span_ids else None
        start = Start(worst.place, span_id, (Reason(worst.message, (number,), worst.span_ids),))
    count = "One thing is" if len(numbered) == 1 else f"{len(numbered)} things are"
    return Verdict(
        kind="suspicious",
        certainty="unknown",
        summary=_nothing_proves(case) + phrase(f" {count} worth a look."),
        start_at=start.place,
        span_id=start.span_id,
        reasons=start.reasons,
    )


def _nothing_proves(case: Case) -> Phrase:
    said = "no assessment" if not case.assessments else "no failed assessment"
    first = "No exception ended the run" if case.exceptions.of_span else "No exception"
    return phrase(f"{first}, {said}: nothing proves this answer wrong.")


def _clean(case: Case) -> Verdict:
    passed = sum(j.judged in {"passed", "met"} for j in case.assessments)
    summary = _nothing_proves(case)
    if passed:
        summary = summary + phrase(f" {plural(passed, 'assessment')} passed.")
    return Verdict("clean", "unknown", summary, None, None, ())
