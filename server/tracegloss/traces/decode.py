"""JSON bytes in any recorded shape to `Trace`s."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from tracegloss.errors import TraceFormatError
from tracegloss.model.trace import Span, Trace, TraceInfo
from tracegloss.recorded import JsonValue, Recorded, RecordedText
from tracegloss.traces.fields import nanoseconds
from tracegloss.traces.ids import digest
from tracegloss.traces.infos import decode_info, derived_info
from tracegloss.traces.json_bytes import (
    collection_paused,
    decode_document,
    decode_documents,
    text_of,
)
from tracegloss.traces.problems import ProblemLog
from tracegloss.traces.shapes import RawPiece, pieces_of
from tracegloss.traces.span_layout import layout_of
from tracegloss.traces.spans import SpanDecoder

_BEGINS_LIKE_JSON = re.compile(
    rb"\s*(?=[\[{])(?:\[\s*)*(?:\Z|\{\s*(?:[\"}]|\Z)|[\]\"\d-]|true\b|false\b|null\b)"
)
_REMEDY = (
    "Expected what MLflow writes: `mlflow traces get`, `Trace.to_json()`, traces.json, "
    "a REST answer, or OTLP JSON"
)


def decode_traces(data: bytes, where: str) -> tuple[Trace, ...]:
    """Decode every trace in a document, in JSON lines, or in documents written one after another.

    `where` names the file or address for the messages. Raises `TraceFormatError` when the bytes
    are no JSON, are cut off, or hold no trace in a known shape.
    """
    with collection_paused(len(data)):
        pieces, cut = _pieces(data, where)
        traces = _gathered(pieces, cut)
    if not traces:
        raise TraceFormatError("JSON, but no trace in a known shape", where=where, remedy=_REMEDY)
    return traces


def decode_trace(info: JsonValue, spans: Iterable[JsonValue]) -> Trace:
    """Build one trace from a store's info and its spans, each already decoded JSON."""
    problems = ProblemLog()
    objects = [span for span in spans if isinstance(span, dict)]
    piece = RawPiece(info if isinstance(info, dict) else {}, None, tuple(objects))
    return _trace([piece], problems)


def decode_infos(documents: Iterable[JsonValue]) -> tuple[TraceInfo, ...]:
    """Decode infos that came without spans, as searches answer them."""
    return tuple(
        decode_info(document, None, ProblemLog())
        for document in documents
        if isinstance(document, dict)
    )


def _pieces(data: bytes, where: str) -> tuple[list[RawPiece], int]:
    """Read the pieces of traces and count the documents that could not be read."""
    try:
        return list(pieces_of(decode_document(data))), 0
    except RecursionError:
        raise TraceFormatError("JSON nested too deep to be a trace", where=where) from None
    except ValueError as error:
        reason = error
    pieces: list[RawPiece] = []
    unreadable = 0
    try:
        for document in decode_documents(text_of(data)):
            if isinstance(document, ValueError):
                unreadable += 1
            else:
                pieces.extend(pieces_of(document))
    except RecursionError:
        unreadable += 1
    if not pieces:
        raise _no_json(data, where, reason) from None
    return pieces, unreadable


def _no_json(data: bytes, where: str, reason: ValueError) -> TraceFormatError:
    if not data.strip():
        return TraceFormatError("empty, not a trace", where=where, remedy=_REMEDY)
    is_cut = _BEGINS_LIKE_JSON.match(data) is not None and data.rstrip()[-1:] not in (b"}", b"]")
    what = "JSON that ends in the middle" if is_cut else "not JSON"
    detail = str(reason) if reason.args and "char" in str(reason) else ""
    place = _position(detail)
    return TraceFormatError(f"{what}{place}", where=where, remedy=_REMEDY)


def _position(detail: str) -> str:
    """Keep the place from the standard library's message, which may quote nothing recorded."""
    start = detail.find("line ")
    end = detail.find(" (char")
    return f" at {detail[start:end]}" if 0 <= start < end else ""


def _gathered(pieces: list[RawPiece], unreadable: int) -> tuple[Trace, ...]:
    """Join loose pieces of one trace (OTLP writes a line per batch); whole traces stay apart."""
    groups: list[list[RawPiece]] = []
    loose: dict[str | None, list[RawPiece]] = {}
    for piece in pieces:
        if piece.info is None and piece.trace_id in loose:
            loose[piece.trace_id].append(piece)
            continue
        groups.append([piece])
        if piece.info is None:
            loose[piece.trace_id] = groups[-1]
    return tuple(_trace(group, _log(unreadable)) for group in groups)


def _log(unreadable: int) -> ProblemLog:
    problems = ProblemLog()
    for _ in range(unreadable):
        problems.add("unreadable", "part of the document is no JSON and was left out")
    return problems


def _trace(group: list[RawPiece], problems: ProblemLog) -> Trace:
    decoder = SpanDecoder(problems, lambda: _earliest_start(group))
    spans: dict[str, Span] = {}
    position = 0
    for piece in group:
        for _ in range(piece.unreadable):
            problems.add("span", "a member of the list of spans is no span")
        service = _service(piece.resource)
        for raw in piece.spans:
            span = decoder.decode(raw, position, service)
            position += 1
            if span.span_id in spans:
                problems.add(
                    "duplicate-span", "two spans have one id; the first is kept", span.span_id
                )
            else:
                spans[span.span_id] = span
    ordered = tuple(sorted(spans.values(), key=lambda span: span.start_ns))
    info = _info(group, ordered, problems)
    return Trace(info, ordered, problems.problems())


def _earliest_start(group: list[RawPiece]) -> int:
    """Find a start for spans whose own is broken: the earliest of the others, or the epoch."""
    starts = (nanoseconds(raw.get(layout_of(raw).start)) for piece in group for raw in piece.spans)
    return min((start for start in starts if start is not None), default=0)


def _service(resource: Mapping[str, str]) -> RecordedText | None:
    name = resource.get("service.name")
    return Recorded(name) if name else None


def _info(group: list[RawPiece], spans: tuple[Span, ...], problems: ProblemLog) -> TraceInfo:
    first = group[0]
    ids = ",".join(span.span_id for span in spans)
    fallback = first.trace_id or f"unknown-{digest(ids)}"
    if first.info is None:
        tags = {key: value for piece in group for key, value in piece.resource.items()}
        return derived_info(fallback, spans, tags)
    info = decode_info(first.info, fallback, problems)
    return info if info.name is not None else replace(info, name=derived_info("", spans).name)
