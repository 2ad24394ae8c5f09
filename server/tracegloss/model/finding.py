"""Statements about spans: findings, the verdict, the origin of the output, judged assessments."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Literal, TypeAlias

from msgspec import Struct, field

from tracegloss.model.resolution import PlacedFrame
from tracegloss.model.site import Place, Site
from tracegloss.model.trace import Assessment
from tracegloss.recorded import Phrase, RecordedText


class Severity(IntEnum):
    """How much a finding matters; an editor may show it lower or not at all."""

    HINT = 1
    INFORMATION = 2
    WARNING = 3
    ERROR = 4


ExceptionRole: TypeAlias = Literal["raised", "propagated", "re-raised", "handled-here"]


class RaisedException(Struct, frozen=True):
    """One exception of the run, whichever spans recorded it.

    `roles` says what each span did with it. `cause` is the position of its cause in the same list.
    `in_library` names the package that raised it when no own frame did. `raised_at` marks the first
    token of the raise line, or of the last own frame's line.
    """

    type: RecordedText
    message: RecordedText
    frames: tuple[PlacedFrame, ...]
    raised_at: Place | None
    in_library: str | None
    roles: Mapping[str, ExceptionRole]
    cause: int | None = None
    control_flow: bool = False
    expected: bool = False


class Related(Struct, frozen=True):
    """Another place that belongs to a finding, with a few words."""

    message: Phrase
    place: Place | None
    span_id: str | None = None


class Finding(Struct, frozen=True):
    """A statement about spans by one rule.

    `message` is one line. `place` is the token a diagnostic marks. `values` are the rule's own
    numbers. `editor_severity` is `None` when an editor shows nothing. `fingerprint` is 16 hex
    digits over rule, path, qualified name and the rule's stable part, never line, trace, commit
    or times. `asked_by` is the model call that asked for the tool that failed: its message is the
    request, its place where the model was called.
    """

    rule: str
    severity: Severity
    editor_severity: Severity | None
    message: Phrase
    detail: Phrase | None
    span_ids: tuple[str, ...]
    place: Place | None
    site: Site | None
    fingerprint: str
    related: tuple[Related, ...] = ()
    values: Mapping[str, int | float | str] = field(default_factory=dict)
    exception: int | None = None
    suppressed: Literal["baseline", "comment", "setting"] | None = None
    asked_by: Related | None = None


class JudgedAssessment(Struct, frozen=True):
    """What an assessment counts as, by the table of assessments, and why in a few words."""

    assessment: Assessment
    judged: Literal[
        "failed",
        "passed",
        "unclear",
        "scorer-error",
        "unmet",
        "met",
        "undecidable",
        "overridden",
    ]
    why: Phrase
    has_reason: bool = False


class OriginPart(Struct, frozen=True):
    """A stretch of the output text, 0-based code points, and the span its text came from."""

    start: int
    end: int
    text: RecordedText
    span_id: str
    how: Literal["copied", "added"]
    document: RecordedText | None = None


class OutputOrigin(Struct, frozen=True):
    """Where the text of the trace's output came from, stretch by stretch."""

    text_length: int
    parts: tuple[OriginPart, ...]


class Reason(Struct, frozen=True):
    """A statement that can be checked in this trace, behind a verdict."""

    text: Phrase
    finding_numbers: tuple[int, ...] = ()
    span_ids: tuple[str, ...] = ()


class Verdict(Struct, frozen=True):
    """What a reader should take away first, and no stronger than the evidence.

    `proven` is an exception's raise line, `likely` a place with reasons, `unknown` says that
    nothing proves the answer wrong (and may still name a place worth a look).
    """

    kind: Literal["error", "judged-wrong", "suspicious", "clean", "incomplete"]
    certainty: Literal["proven", "likely", "unknown"]
    summary: Phrase
    start_at: Place | None
    span_id: str | None
    reasons: tuple[Reason, ...]


class NotChecked(Struct, frozen=True):
    """A rule that could not look, and why."""

    rule: str
    reason: str


class Examination(Struct, frozen=True):
    """Everything findings say of one trace; `checked` are rule codes that looked.

    `asked_by` tells by span that runs a tool which model call asked for it: its message is the
    request, its place where the model was called.
    """

    exceptions: tuple[RaisedException, ...]
    findings: tuple[Finding, ...]
    assessments: tuple[JudgedAssessment, ...]
    origin: OutputOrigin | None
    verdict: Verdict
    checked: tuple[str, ...]
    not_checked: tuple[NotChecked, ...]
    asked_by: Mapping[str, Related] = field(default_factory=dict)
