"""Judges assessments: which of them say that something is wrong, and which say nothing certain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tracegloss.errors import SettingError
from tracegloss.findings.scorers import POLARITIES
from tracegloss.findings.values import OutputTexts
from tracegloss.findings.wording import value_piece
from tracegloss.matcher import matcher
from tracegloss.model.finding import JudgedAssessment
from tracegloss.model.settings import Settings
from tracegloss.model.trace import Assessment
from tracegloss.recorded import JsonValue, Phrase, Recorded, phrase
from tracegloss.reveal import reveal
from tracegloss.tree import SpanTree

_BAD = frozenset({"no", "fail", "failed", "false", "incorrect"})
_GOOD = frozenset({"yes", "pass", "passed", "true", "correct"})
# A name where "yes" is bad news, or might be: what it says cannot be told from its value.
_REVERSED = matcher(r"^toxic|error|frustrat|hallucinat|leak|violation", re.IGNORECASE)
_SCALE = matcher(r"\s*(fail|pass)\s+(below|above|under|over|if)\s+(\S.*?)\s*")
_MIN_EXPECTED = 3
_MOST_WORDS = 8


def judge(
    assessments: Iterable[Assessment], tree: SpanTree, outputs: OutputTexts, settings: Settings
) -> tuple[JudgedAssessment, ...]:
    """Judge every assessment by the table of `docs/rules/assessment-failed.md`.

    Only the newest valid one of each name, source and span counts; the others are overridden.
    """
    listed = tuple(assessments)
    superseded = {a.overrides for a in listed if a.overrides is not None}
    newest = _newest(a for a in listed if a.valid and a.assessment_id not in superseded)
    return tuple(
        _judged(a, tree, outputs, settings)
        if newest.get(_who_said_what(a)) is a
        else JudgedAssessment(a, "overridden", phrase("a newer assessment replaces it"))
        for a in listed
    )


def has_failed(assessments: Iterable[Assessment], settings: Settings) -> bool:
    """Tell whether feedback says that something is wrong, as far as that can be told of it alone.

    For lists of traces, whose spans are not at hand; expectations need those.
    """
    listed = tuple(assessments)
    superseded = {a.overrides for a in listed if a.overrides is not None}
    newest = _newest(a for a in listed if a.valid and a.assessment_id not in superseded)
    feedback = (a for a in newest.values() if a.kind == "feedback" and a.error is None)
    return any(_said(a, settings).judged == "failed" for a in feedback)


def _newest(assessments: Iterable[Assessment]) -> Mapping[tuple[object, ...], Assessment]:
    newest: dict[tuple[object, ...], Assessment] = {}
    for assessment in assessments:
        known = newest.get(_who_said_what(assessment))
        if known is None or _moment(known) <= _moment(assessment):
            newest[_who_said_what(assessment)] = assessment
    return newest


def _who_said_what(a: Assessment) -> tuple[object, ...]:
    return a.kind, a.name, a.source_type, a.source_id, a.span_id


def _moment(a: Assessment) -> int:
    return a.update_ns or a.create_ns or 0


def _judged(
    a: Assessment, tree: SpanTree, outputs: OutputTexts, settings: Settings
) -> JudgedAssessment:
    if a.kind == "expectation":
        return _expected(a, tree, outputs)
    if a.error is not None:
        return JudgedAssessment(a, "scorer-error", phrase("the scorer failed"))
    return _said(a, settings)


def _said(a: Assessment, settings: Settings) -> JudgedAssessment:
    """Judge what somebody said by the value alone."""
    if a.value is None or a.kind == "issue":
        return _unclear(a, "it has no value")
    value = reveal(a.value)
    scale = settings.assessments.get(reveal(a.name))
    if scale is not None:
        return _on_scale(a, value, scale)
    return _feedback(a, value)


def _feedback(a: Assessment, value: JsonValue) -> JudgedAssessment:
    name = reveal(a.name)
    has_reason = a.rationale is not None and bool(reveal(a.rationale).strip())
    known = POLARITIES.get(name, {}).get(value.lower()) if isinstance(value, str) else None
    if known is not None and a.source_type != "HUMAN":
        words = phrase("{value} of a scorer built into MLflow", value=value_piece(value))
        return JudgedAssessment(a, "passed" if known else "failed", words, has_reason)
    says = _says(value)
    if says is None:
        return _unclear(a, "no scale is known")
    if name not in POLARITIES and _REVERSED.search(name):
        return _unclear(a, "its name may have a reversed sense")
    if not has_reason and a.source_type == "LLM_JUDGE":
        return _unclear(a, "a judge's verdict without a rationale")
    words = phrase("the value {value}", value=value_piece(value))
    return JudgedAssessment(a, "passed" if says else "failed", words, has_reason)


def _says(value: JsonValue) -> bool | None:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return None
    word = value.strip().lower()
    return True if word in _GOOD else False if word in _BAD else None


def _unclear(a: Assessment, why: str) -> JudgedAssessment:
    return JudgedAssessment(a, "unclear", Phrase((why,)), a.rationale is not None)


def is_scale(written: str) -> bool:
    """Tell whether a setting says what of a value is bad: `fail below 3`, `pass if good`."""
    return _SCALE.fullmatch(written) is not None


def _on_scale(a: Assessment, value: JsonValue, scale: str) -> JudgedAssessment:
    """Judge by a setting: `fail below 3`, `fail above 0.5`, `pass if good`."""
    found = _SCALE.fullmatch(scale)
    if found is None:
        raise SettingError(
            f"{scale[:80]!r} is no scale for an assessment",
            where="[tool.tracegloss.assessments]",
            remedy="Write 'fail below 3', 'fail above 0.5', 'pass above 3' or 'fail if bad'.",
        )
    verb, relation, bound = found.groups()
    applies = _applies(value, relation, bound)
    if applies is None:
        return _unclear(a, "its value does not fit the scale of the settings")
    is_bad = applies == (verb == "fail")
    words = phrase("the setting says {scale}", scale=scale)
    return JudgedAssessment(a, "failed" if is_bad else "passed", words, a.rationale is not None)


def _applies(value: JsonValue, relation: str, bound: str) -> bool | None:
    if relation == "if":
        return str(value).strip().lower() == bound.lower()
    try:
        number, limit = float(str(value)), float(bound)
    except ValueError:
        return None
    return number < limit if relation in {"below", "under"} else number > limit


def _expected(a: Assessment, tree: SpanTree, outputs: OutputTexts) -> JudgedAssessment:
    text = None if a.value is None else _scalar_text(reveal(a.value))
    if text is None:
        return JudgedAssessment(a, "undecidable", phrase("not decidable by text"))
    where = _where(a, tree)
    if any(text.casefold() in outputs.of(span_id).casefold() for span_id in where):
        return JudgedAssessment(a, "met", phrase("{text} is in an output", text=Recorded(text)))
    scope = "this trace" if len(where) != 1 else "its span"
    words = phrase("{text} is in no output of {scope}", text=Recorded(text), scope=scope)
    return JudgedAssessment(a, "unmet", words)


def _where(a: Assessment, tree: SpanTree) -> tuple[str, ...]:
    """Return the spans whose outputs count; what stands on the root speaks of the whole trace."""
    is_trace_wide = a.span_id is None or a.span_id not in tree.spans or a.span_id in tree.roots
    return tree.order if is_trace_wide or a.span_id is None else (a.span_id,)


def _scalar_text(value: JsonValue) -> str | None:
    """Return an expected text that can be searched for: short, and no prose."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    return text if len(text) >= _MIN_EXPECTED and len(text.split()) <= _MOST_WORDS else None
