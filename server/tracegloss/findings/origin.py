"""Traces the words of the output back to the spans they came from, stretch by stretch.

Every few characters of a span's output are looked up among all pieces of that size of the trace's
output: a stretch that is long enough to say something cannot slip through, and the cost is one
look-up for every few characters recorded, however long the output is.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tracegloss.findings.documents import documents_in
from tracegloss.findings.values import texts
from tracegloss.model.finding import OriginPart, OutputOrigin
from tracegloss.model.trace import Span
from tracegloss.recorded import JsonValue, Recorded
from tracegloss.reveal import reveal
from tracegloss.tree import SpanTree

# Every common stretch of two steps less one is found; shorter ones are chance more often than not.
_STEP = 11
_MIN_COPIED = 2 * _STEP - 1
_MOST_PLACES = 5
_MOST_OUTPUT = 20_000
_MOST_RECORDED = 8_000_000
_SOURCES = frozenset({"RETRIEVER", "TOOL", "RERANKER", "EMBEDDING", "MEMORY"})


class _Stretch(Struct, frozen=True):
    start: int
    end: int


def output_origin(tree: SpanTree) -> OutputOrigin | None:
    """Find where the text of the trace's output came from; `None` without a text of some length.

    Spans claim in the order in which they ended: what an earlier one had, a later one only passed
    on. Of nested retrievers and tools the outermost stands for all.
    """
    root = tree.roots[0] if tree.roots else None
    outputs = tree.spans[root].outputs if root is not None else None
    text = "" if outputs is None else main_text(reveal(outputs))
    if root is None or len(text.strip()) < _MIN_COPIED:
        return None
    claimed = _claims(tree, root, text[:_MOST_OUTPUT])
    return OutputOrigin(len(text), tuple(sorted(claimed, key=lambda part: part.start)))


def main_text(value: JsonValue) -> str:
    """Return the text that an output is about: itself, or the longest string in it."""
    if isinstance(value, str):
        return value
    return max(texts(value), key=len, default="")


def _claims(tree: SpanTree, root: str, text: str) -> list[OriginPart]:
    pieces = _pieces(text)
    free = [_Stretch(0, len(text))]
    claimed: list[OriginPart] = []
    budget = _MOST_RECORDED
    seen: set[str] = set()
    for span in _by_end(tree, root):
        found: list[_Stretch] = []
        for candidate in texts(reveal(span.outputs) if span.outputs is not None else None):
            if candidate not in seen and len(candidate) >= _STEP and budget > 0:
                seen.add(candidate)
                budget -= len(candidate)
                found += _common(text, candidate, pieces)
        taken, free = _take(free, found)
        claimed += [_part(tree, span, text, stretch, found) for stretch in taken]
        if not free:
            break
    return claimed


def _by_end(tree: SpanTree, root: str) -> list[Span]:
    ended = [s for s in tree.spans.values() if s.end_ns is not None and s.span_id != root]
    return sorted(ended, key=lambda s: (s.end_ns or 0, -tree.depths.get(s.span_id, 0)))


def _pieces(text: str) -> dict[str, list[int]]:
    """Map every piece to its places; of a piece that repeats, to the first few and the last."""
    pieces: dict[str, list[int]] = {}
    for start in range(len(text) - _STEP + 1):
        places = pieces.setdefault(text[start : start + _STEP], [])
        if len(places) < _MOST_PLACES:
            places.append(start)
        else:
            places[-1] = start
    return pieces


def _common(text: str, candidate: str, pieces: dict[str, list[int]]) -> Iterator[_Stretch]:
    """Yield the longest common stretches of the output and a candidate."""
    if text in candidate:
        yield _Stretch(0, len(text))
        return
    reached: dict[int, int] = {}
    for place in range(0, len(candidate) - _STEP + 1, _STEP):
        for start in pieces.get(candidate[place : place + _STEP], ()):
            if reached.get(start - place, -1) >= place:
                continue
            first, last = _extended(text, start, candidate, place)
            reached[start - place] = place + last - start
            if last - first >= _MIN_COPIED:
                yield _Stretch(first, last)


def _extended(text: str, start: int, candidate: str, place: int) -> tuple[int, int]:
    first, before = start, place
    while first > 0 and before > 0 and text[first - 1] == candidate[before - 1]:
        first, before = first - 1, before - 1
    last, after = start + _STEP, place + _STEP
    while last < len(text) and after < len(candidate) and text[last] == candidate[after]:
        last, after = last + 1, after + 1
    return first, last


def _take(free: list[_Stretch], found: list[_Stretch]) -> tuple[list[_Stretch], list[_Stretch]]:
    """Give a span what it holds of the output and nobody claimed, the longest stretches first."""
    taken: list[_Stretch] = []
    for stretch in sorted(found, key=lambda s: s.start - s.end):
        remaining: list[_Stretch] = []
        for gap in free:
            start, end = max(gap.start, stretch.start), min(gap.end, stretch.end)
            if end - start < min(_MIN_COPIED, gap.end - gap.start):
                remaining.append(gap)
                continue
            taken.append(_Stretch(start, end))
            remaining += [
                s for s in (_Stretch(gap.start, start), _Stretch(end, gap.end)) if s.start < s.end
            ]
        free = remaining
    return taken, free


def _part(
    tree: SpanTree, span: Span, text: str, stretch: _Stretch, found: list[_Stretch]
) -> OriginPart:
    """Say who a stretch came from. Who wrote the output as a whole added it, others were copied."""
    words = text[stretch.start : stretch.end]
    source = _outermost_source(tree, span, words)
    is_source = _type(tree.spans[source]) in _SOURCES
    is_writer = _Stretch(0, len(text)) in found or _type(span) in {"LLM", "CHAT_MODEL"}
    document = _document(tree.spans[source], words)
    return OriginPart(
        stretch.start,
        stretch.end,
        Recorded(words),
        source,
        "added" if is_writer and not is_source else "copied",
        None if document is None else Recorded(document),
    )


def _outermost_source(tree: SpanTree, span: Span, words: str) -> str:
    source = span.span_id
    if _type(span) in _SOURCES:
        for ancestor in tree.ancestors(span.span_id):
            outputs = tree.spans[ancestor].outputs
            if _type(tree.spans[ancestor]) not in _SOURCES or outputs is None:
                break
            if any(words in text for text in texts(reveal(outputs))):
                source = ancestor
    return source


def _document(span: Span, words: str) -> str | None:
    documents = documents_in(reveal(span.outputs)) if span.outputs is not None else None
    return next((d.id for d in documents or () if words in d.text and d.id), None)


def _type(span: Span) -> str:
    return "" if span.type is None else reveal(span.type)
