"""The section ASSESSMENTS: every one with what it counts as."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tracegloss.model.finding import JudgedAssessment
from tracegloss.report.text.segments import Line, Segment, flowing
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.columns import pad
from tracegloss.wording.cutting import cut_quoted
from tracegloss.wording.display import Display
from tracegloss.wording.values import inline

_LABEL = 14
_VALUE_ROOM = 40
_RATIONALE_ROOM = 60
_EXPECTED = {"unmet": "unmet", "met": "met", "undecidable": "not decidable by text"}


def assessments_section(on_code: TraceOnCode, display: Display, width: int) -> list[Line]:
    """Write the assessments by what they count as; nothing when there are none."""
    judged = on_code.examination.assessments
    if not judged:
        return []
    lines: list[Line] = [(Segment("ASSESSMENTS", "heading"), Segment(f"  {len(judged):,}"))]
    for label, words, worded in _ROWS:
        members = [one for one in judged if one.judged in words]
        if members:
            first = (Segment(f"    {pad(label, _LABEL)}"),)
            lines += flowing(worded(display, members), width, 4 + _LABEL, first=first)
    return lines


def _named(display: Display, members: Sequence[JudgedAssessment]) -> list[str]:
    return [_with_why(display, member) for member in members]


def _with_why(display: Display, member: JudgedAssessment) -> str:
    name = display.name(member.assessment.name)
    if member.assessment.overrides is None:
        return name
    return f"{name} ({display.sentence(member.why)})"


def _unclear(display: Display, members: Sequence[JudgedAssessment]) -> list[str]:
    items = [_valued(display, member) for member in members]
    reasons = dict.fromkeys(display.sentence(member.why) for member in members)
    said = "; ".join(reason for reason in reasons if reason)
    return [*items[:-1], f"{items[-1]}   ({said})"] if said else items


def _valued(display: Display, member: JudgedAssessment) -> str:
    assessment = member.assessment
    words = [display.name(assessment.name)]
    if assessment.value is not None:
        words.append(inline(display.named(assessment.name, assessment.value), _VALUE_ROOM))
    if assessment.rationale is not None:
        words.append(cut_quoted(display.text(assessment.rationale), _RATIONALE_ROOM))
    return " ".join(words)


def _scorer_errors(display: Display, members: Sequence[JudgedAssessment]) -> list[str]:
    return [f"{_scorer_error(display, member)} (says nothing of the trace)" for member in members]


def _scorer_error(display: Display, member: JudgedAssessment) -> str:
    name = display.name(member.assessment.name)
    error = member.assessment.error
    if error is None:
        return name
    message = ""
    if error.message is not None:
        message = f" {cut_quoted(display.text(error.message), _RATIONALE_ROOM)}"
    return f"{name}: {display.name(error.code)}{message}"


def _expected(display: Display, members: Sequence[JudgedAssessment]) -> list[str]:
    return [_expectation(display, member) for member in members]


def _expectation(display: Display, member: JudgedAssessment) -> str:
    named, value = member.assessment.name, member.assessment.value
    shown = "" if value is None else f" {inline(display.named(named, value), _VALUE_ROOM)}"
    return f"{display.name(named)}{shown}: {_EXPECTED[member.judged]}"


_Worded = Callable[[Display, Sequence[JudgedAssessment]], list[str]]

_ROWS: tuple[tuple[str, frozenset[str], _Worded], ...] = (
    ("failed", frozenset({"failed"}), _named),
    ("passed", frozenset({"passed"}), _named),
    ("unclear", frozenset({"unclear"}), _unclear),
    ("scorer error", frozenset({"scorer-error"}), _scorer_errors),
    ("expected", frozenset(_EXPECTED), _expected),
    ("overridden", frozenset({"overridden"}), _named),
)
