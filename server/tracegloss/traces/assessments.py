"""MLflow's feedback, expectations and issues to `Assessment`s."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from tracegloss.model.trace import Assessment, AssessmentError, Labels
from tracegloss.recorded import JsonValue, Recorded, RecordedValue
from tracegloss.traces.fields import closed, items, mapping, nanoseconds, text
from tracegloss.traces.ids import digest, span_id_of
from tracegloss.traces.json_bytes import decode_attribute, without_surrogates
from tracegloss.traces.labels import labels
from tracegloss.traces.problems import ProblemLog


def decode_assessments(raw: JsonValue, problems: ProblemLog) -> tuple[Assessment, ...]:
    """Decode assessments in order of creation; an entry without any kind becomes a problem."""
    return in_order(
        decoded
        for position, entry in enumerate(items(raw))
        if (decoded := _assessment(mapping(entry), position, problems)) is not None
    )


def in_order(assessments: Iterable[Assessment]) -> tuple[Assessment, ...]:
    """Sort by creation and id: stores keep them in no order at all."""
    return tuple(sorted(assessments, key=lambda one: (one.create_ns or 0, one.assessment_id)))


def _assessment(
    raw: Mapping[str, JsonValue], position: int, problems: ProblemLog
) -> Assessment | None:
    kind = _kind(raw)
    if kind is None:
        problems.add("assessment", "an assessment is no feedback, expectation or issue")
        return None
    source = mapping(raw.get("source"))
    span_id, _ = span_id_of(raw.get("span_id"))
    return Assessment(
        assessment_id=text(raw.get("assessment_id")) or digest(f"assessment {position}"),
        name=Recorded(text(raw.get("assessment_name")) or text(raw.get("name")) or ""),
        kind=kind,
        span_id=span_id,
        source_type=_source_type(source),
        source_id=closed(source.get("source_id")),
        value=_value(kind, raw),
        rationale=closed(raw.get("rationale")),
        error=_error(mapping(raw.get("feedback")).get("error") or raw.get("error")),
        metadata=_metadata(raw.get("metadata")),
        create_ns=nanoseconds(raw.get("create_time")),
        update_ns=nanoseconds(raw.get("last_update_time")),
        valid=raw.get("valid") is not False,
        overrides=text(raw.get("overrides")),
    )


def _kind(raw: Mapping[str, JsonValue]) -> Literal["feedback", "expectation", "issue"] | None:
    for kind in ("feedback", "expectation", "issue"):
        if kind in raw:
            return kind
    return "feedback" if raw.get("error") is not None else None


def _value(
    kind: Literal["feedback", "expectation", "issue"], raw: Mapping[str, JsonValue]
) -> RecordedValue | None:
    content = mapping(raw.get(kind))
    if kind == "issue":
        return Recorded(without_surrogates(content.get("issue_name")))
    serialized = mapping(content.get("serialized_value")).get("value")
    if isinstance(serialized, str):
        return Recorded(decode_attribute(serialized))
    if content.get("error") is not None and content.get("value") is None:
        return None
    return Recorded(without_surrogates(content.get("value")))


def _error(raw: JsonValue) -> AssessmentError | None:
    if not isinstance(raw, dict):
        return None
    code = text(raw.get("error_code")) or ""
    return AssessmentError(
        Recorded(code), closed(raw.get("error_message")), closed(raw.get("stack_trace"))
    )


def _source_type(source: Mapping[str, JsonValue]) -> str:
    """Reduce the kind of judge to MLflow's upper-case words; `AI_JUDGE` is the old name of one."""
    written = text(source.get("source_type")) or ""
    word = "".join(c for c in written.upper()[:60] if c.isascii() and (c.isalnum() or c == "_"))
    return {"": "SOURCE_TYPE_UNSPECIFIED", "AI_JUDGE": "LLM_JUDGE"}.get(word, word)


def _metadata(raw: JsonValue) -> Labels:
    return Recorded(labels(raw))
