"""What the rules about exceptions share: which ended the run, and how one is reported."""

from __future__ import annotations

from tracegloss.findings.case import Case
from tracegloss.findings.exceptions import in_words, masked
from tracegloss.findings.passage import asked_by, passed_through
from tracegloss.findings.rule import Note
from tracegloss.model.finding import RaisedException
from tracegloss.model.trace import SpanStatus
from tracegloss.recorded import Phrase, Recorded, phrase
from tracegloss.reveal import reveal

_NOTHING = Phrase(())


def fatal(case: Case) -> tuple[int, ...]:
    """Return the exceptions that ended the run, each once; of a group, its members."""
    ended = [n for n, fate in enumerate(case.exceptions.fates) if fate == "fatal"]
    bearers = dict.fromkeys(b for number in ended for b in case.exceptions.bearers(number))
    return tuple(n for n in bearers if not case.exceptions.exceptions[n].control_flow)


def replaced_by_attempts(case: Case) -> frozenset[int]:
    """Return the exceptions that only failed attempts of a retry raised."""
    return frozenset(
        number
        for tried in case.attempts
        if tried.gave_up
        for span_id in tried.span_ids
        if (number := case.exceptions.of_span.get(span_id)) is not None
    )


def exception_note(case: Case, number: int, *, ending: Phrase = _NOTHING) -> Note:
    """Word one exception and place it on its raise line, or on the last own frame's call."""
    raised = case.exceptions.exceptions[number]
    span_ids = case.exceptions.spans_of(number)
    message = in_words(raised)
    if raised.in_library is not None:
        message = message + phrase(" (raised in {package})", package=Recorded(raised.in_library))
    failed, calls = _calls(case, span_ids)
    if calls > 1:
        message = message + phrase(f" ({failed} of {calls} calls)")
    return Note(
        message=message + ending,
        span_ids=span_ids,
        stable=(reveal(raised.type), masked(reveal(raised.message))),
        place=raised.raised_at,
        placed=any(frame.verified for frame in raised.frames if frame.own),
        outdated=_is_outdated(raised),
        related=passed_through(case, number),
        values={"calls": calls, "failed": failed},
        exception=number,
        asked_by=asked_by(case, number),
    )


def _is_outdated(raised: RaisedException) -> bool:
    """Tell whether the raise line reads otherwise now than the stack quoted it."""
    own = [frame for frame in raised.frames if frame.own]
    return bool(own) and own[-1].reads_otherwise


def _calls(case: Case, span_ids: tuple[str, ...]) -> tuple[int, int]:
    """Count the calls of the raising function in this trace, and those that failed."""
    if not span_ids:
        return 0, 0
    name, site = case.name(span_ids[0]), case.site(span_ids[0])
    calls = [s for s in case.trace.spans if s.name == name and case.site(s.span_id) == site]
    return sum(span.status is SpanStatus.ERROR for span in calls), len(calls)
