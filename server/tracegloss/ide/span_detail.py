"""Everything recorded of one span, redacted and bounded, for a view that asks for it."""

from __future__ import annotations

import json

from msgspec import Struct
from msgspec.structs import replace

from tracegloss.errors import TraceNotFoundError
from tracegloss.ide.answers import CodePlace, code_place
from tracegloss.ide.reasons import alternatives, ran_as, reasons, since_trace
from tracegloss.model.trace import Span
from tracegloss.recorded import JsonValue, RecordedValue
from tracegloss.snapshot import Snapshot
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.cutting import cut_bytes
from tracegloss.wording.display import Display
from tracegloss.wording.places import place_label
from tracegloss.wording.printable import block

MOST_BYTES = 100_000
MOST_EXCEPTIONS = 10
MOST_FRAMES = 100


class Recording(Struct, frozen=True):
    """Redacted recorded text: `n_bytes` of it before it was cut to what `text` holds."""

    text: str
    n_bytes: int

    @property
    def is_cut(self) -> bool:
        """Tell whether something is missing."""
        return len(self.text.encode("utf-8", "replace")) < self.n_bytes


class ExceptionDetail(Struct, frozen=True):
    """An exception a span recorded, with the stack as it was printed."""

    type: str
    message: str
    stack: Recording


class FrameLink(Struct, frozen=True):
    """A stack frame in the workspace, as it is now."""

    label: str
    place: CodePlace


class SpanDetail(Struct, frozen=True):
    """One span in full: inputs and outputs as indented JSON or as the text they are."""

    span_id: str
    name: str
    type: str
    status: str
    status_message: str
    inputs: Recording | None
    outputs: Recording | None
    attributes: Recording
    exceptions: tuple[ExceptionDetail, ...]
    frames: tuple[FrameLink, ...]
    reasons: tuple[str, ...]
    alternatives: tuple[str, ...]
    since: str
    findings: tuple[str, ...]
    n_redacted: int


def span_detail(
    snapshot: Snapshot, trace_id: str, span_id: str, whole: Span | None = None
) -> SpanDetail:
    """Return what was recorded of one span, each part at most 100,000 bytes.

    `whole` is the span itself where only a skeleton of the trace is loaded. Raises
    `TraceNotFoundError` when the trace is not loaded or has no such span.
    """
    on_code = snapshot.trace(trace_id)
    loaded = None if on_code is None else on_code.tree.spans.get(span_id)
    span = loaded if whole is None else whole
    if on_code is None or span is None:
        raise TraceNotFoundError(
            "There is no such span in a loaded trace", where=f"{trace_id} {span_id}"
        )
    display = Display(snapshot.settings.redaction)
    resolution = on_code.correlation.resolutions[span_id]
    detail = SpanDetail(
        span_id=span_id,
        name=display.name(span.name),
        type=display.name(span.type),
        status=span.status.value,
        status_message="" if span.status_message is None else display.line(span.status_message),
        inputs=_value(display, span.inputs),
        outputs=_value(display, span.outputs),
        attributes=_recording(_json(display.value(span.attributes))),
        exceptions=_exceptions(display, span),
        frames=_frames(snapshot, display, on_code, span_id),
        reasons=reasons(display, resolution),
        alternatives=alternatives(display, resolution),
        since=_since(display, on_code, span_id),
        findings=tuple(
            display.sentence(found.message)
            for found in on_code.examination.findings
            if span_id in found.span_ids
        ),
        n_redacted=0,
    )
    return replace(detail, n_redacted=sum(display.redacted.values()))


def _since(display: Display, on_code: TraceOnCode, span_id: str) -> str:
    said = since_trace(display, on_code, span_id, edited_here=False)
    ran = ran_as(display, on_code, span_id)
    return f"{said} It ran as {ran}." if ran else said


def _value(display: Display, recorded: RecordedValue | None) -> Recording | None:
    if recorded is None:
        return None
    value = display.value(recorded)
    return _recording(value if isinstance(value, str) else _json(value))


def _json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def _recording(text: str) -> Recording:
    printable = block(text)
    n_bytes = len(printable.encode("utf-8", "replace"))
    return Recording(cut_bytes(printable, MOST_BYTES), n_bytes)


def _exceptions(display: Display, span: Span) -> tuple[ExceptionDetail, ...]:
    return tuple(
        ExceptionDetail(
            display.line(exception.type),
            display.line(exception.message),
            _recording(display.text(exception.stack_text)),
        )
        for exception in span.exceptions[:MOST_EXCEPTIONS]
    )


def _frames(
    snapshot: Snapshot, display: Display, on_code: TraceOnCode, span_id: str
) -> tuple[FrameLink, ...]:
    links: list[FrameLink] = []
    for blocks in on_code.correlation.frames.get(span_id, ()):
        for placed in (frame for frames in blocks for frame in frames if frame.own):
            current = None if placed.place is None else snapshot.current(on_code, placed.place)
            if current is not None:
                label = f"{place_label(current)} in {display.name(placed.frame.function)}"
                links.append(FrameLink(label, code_place(current)))
    return tuple(dict.fromkeys(links))[:MOST_FRAMES]
