"""A trace as MLflow recorded it: infos, spans, events, exceptions, assessments."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Literal, TypeAlias

from msgspec import Struct

from tracegloss.recorded import JsonValue, Phrase, Recorded, RecordedText, RecordedValue

Attributes: TypeAlias = Recorded[Mapping[str, JsonValue]]
Labels: TypeAlias = Recorded[Mapping[str, str]]


class TraceState(Enum):
    """MLflow's state of a whole trace; `UNKNOWN` stands for unspecified or unreadable."""

    OK = "OK"
    ERROR = "ERROR"
    IN_PROGRESS = "IN_PROGRESS"
    UNKNOWN = "UNKNOWN"


class SpanStatus(Enum):
    """OpenTelemetry's status of one span."""

    OK = "OK"
    ERROR = "ERROR"
    UNSET = "UNSET"


class Problem(Struct, frozen=True):
    """Something in the data that could not be read, beside a result that is still usable."""

    code: str
    message: Phrase
    span_ids: tuple[str, ...] = ()
    path: str | None = None


class StackFrame(Struct, frozen=True):
    """One printed line of a Python traceback; `line` is 1-based, `text` the quoted source line."""

    path: RecordedText
    line: int
    function: RecordedText
    text: RecordedText | None


class TracebackBlock(Struct, frozen=True):
    """One exception of a printed chain with its frames, outermost call first.

    `relation` says how it stands to the block printed *after* it: it is that block's `cause`
    (`raise ... from`), its `context` (raised while handling), a `member` of that group, or `last`.
    """

    type: RecordedText
    message: RecordedText
    frames: tuple[StackFrame, ...]
    relation: Literal["cause", "context", "member", "last"]


class SpanException(Struct, frozen=True):
    """An `exception` event; `blocks` in printed order, so the exception itself comes last."""

    type: RecordedText
    message: RecordedText
    blocks: tuple[TracebackBlock, ...]
    stack_text: RecordedText
    time_ns: int | None = None


class Event(Struct, frozen=True):
    """A timed event on a span, exceptions included."""

    name: RecordedText
    time_ns: int | None
    attributes: Attributes


class Link(Struct, frozen=True):
    """A link to a span of another trace."""

    trace_id: RecordedText
    span_id: RecordedText


class Tokens(Struct, frozen=True):
    """Token counts of a model call or a whole trace; `None` where not recorded."""

    input: int | None = None
    output: int | None = None
    total: int | None = None
    cached: int | None = None


class Span(Struct, frozen=True):
    """One span. `span_id` and `parent_id` are 16 lower-case hex digits in every input shape.

    Times are nanoseconds since the epoch; `end_ns` is `None` while the span has not ended.
    `inputs` and `outputs` are `None` when not recorded (a recorded JSON null is `Recorded(None)`).
    `attributes` holds every attribute decoded, `mlflow.*` ones included.
    """

    span_id: str
    parent_id: str | None
    name: RecordedText
    type: RecordedText | None
    status: SpanStatus
    status_message: RecordedText | None
    start_ns: int
    end_ns: int | None
    function_name: RecordedText | None
    inputs: RecordedValue | None
    outputs: RecordedValue | None
    attributes: Attributes
    exceptions: tuple[SpanException, ...] = ()
    events: tuple[Event, ...] = ()
    links: tuple[Link, ...] = ()
    tokens: Tokens | None = None
    cost_usd: float | None = None
    model: RecordedText | None = None
    service: RecordedText | None = None

    @property
    def duration_ns(self) -> int | None:
        """Nanoseconds from start to end; `None` while the span has not ended."""
        return None if self.end_ns is None else max(0, self.end_ns - self.start_ns)


class AssessmentError(Struct, frozen=True):
    """Why a scorer gave no value; it says nothing about the trace."""

    code: RecordedText
    message: RecordedText | None
    stack_text: RecordedText | None


class Assessment(Struct, frozen=True):
    """MLflow's feedback, expectation or issue on a trace or one span of it.

    Times are nanoseconds since the epoch. `overrides` is the id of the assessment this one
    replaces; the replaced one has `valid` false.
    """

    assessment_id: str
    name: RecordedText
    kind: Literal["feedback", "expectation", "issue"]
    span_id: str | None
    source_type: str
    source_id: RecordedText | None
    value: RecordedValue | None
    rationale: RecordedText | None
    error: AssessmentError | None
    metadata: Labels
    create_ns: int | None
    update_ns: int | None
    valid: bool
    overrides: str | None


class TraceInfo(Struct, frozen=True):
    """What a store says of a trace without its spans.

    `trace_id` is as MLflow writes it (`tr-` and 32 hex digits, `trace:/place/hex`, or a bare id),
    reduced to printable ASCII without spaces. `commit` and `branch` come from
    `mlflow.source.git.*`; an empty one counts as not recorded.
    """

    trace_id: str
    name: RecordedText | None
    state: TraceState
    request_ns: int | None
    duration_ms: int | None
    experiment_id: str | None
    client_request_id: RecordedText | None
    request_preview: RecordedText | None
    response_preview: RecordedText | None
    metadata: Labels
    tags: Labels
    assessments: tuple[Assessment, ...]
    tokens: Tokens | None
    cost_usd: float | None


class Trace(Struct, frozen=True):
    """A trace with its spans in order of start (ties in recorded order) and what was unreadable.

    Span ids are unique: of two spans with one id the first is kept and a problem lists the other.
    """

    info: TraceInfo
    spans: tuple[Span, ...]
    problems: tuple[Problem, ...] = ()


class SourceDescription(Struct, frozen=True):
    """Where a trace came from, safe to show: `uri` has no credentials."""

    kind: Literal["server", "sqlite", "file-store", "databricks", "file", "stdin"]
    uri: str | None
    experiment_id: str | None = None
    experiment_name: RecordedText | None = None
    ui_url: str | None = None
    chosen_because: str | None = None
