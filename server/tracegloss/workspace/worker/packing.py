"""Large answers in small pieces, so that reading one never holds up the process it is read in.

Reading a pickle lets no other thread run until it is done; between two pieces they do.
"""

from __future__ import annotations

import gc
import io
import pickle
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from tracegloss.model.resolution import Resolution
from tracegloss.model.trace import Span
from tracegloss.overlay.layer import layer_of
from tracegloss.trace_on_code import SinceTrace, TraceOnCode
from tracegloss.workspace.worker.jobs import Laid, RootOpened

T = TypeVar("T")
Large: TypeAlias = Laid | RootOpened

_PIECE = 100


class Packed(Struct, frozen=True):
    """A large answer: pickled pieces that share what they have in common, the first without it."""

    data: bytes


class _Piece(Struct):
    """Some spans of a trace with what is known of each, and some of the order of all."""

    spans: Sequence[Span]
    order: Sequence[str]
    children: Mapping[str, tuple[str, ...]]
    parents: Mapping[str, str]
    depths: Mapping[str, int]
    self_ns: Mapping[str, int | None]
    resolutions: Mapping[str, Resolution]
    since: Mapping[str, SinceTrace]


def packed(value: Large) -> Packed:
    """Pack an answer in the process that made it."""
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream, pickle.HIGHEST_PROTOCOL)
    if isinstance(value, Laid):
        pickler.dump(replace(value, on_code=_without_spans(value.on_code)))
        pieces: Iterator[object] = _pieces(value.on_code)
    else:
        pickler.dump(replace(value, index=replace(value.index, sites=())))
        pieces = _slices(value.index.sites)
    for piece in pieces:
        pickler.dump(piece)
    return Packed(stream.getvalue())


def unpacked(value: Packed) -> Large:
    """Read an answer; other threads run in between.

    A laid trace gets its layer, which takes long to make for a large one.
    """
    stream = io.BytesIO(value.data)
    unpickler = pickle.Unpickler(stream)  # noqa: S301 (written by our own child process)
    # The collector would look at everything again and again, and at once.
    gc.disable()
    try:
        head = unpickler.load()
        pieces = []
        while stream.tell() < len(value.data):
            pieces.append(unpickler.load())
            time.sleep(0)
        return _with_pieces(head, pieces)
    finally:
        gc.enable()
        gc.freeze()


def _with_pieces(head: Large, pieces: list[_Piece] | list[tuple[object, ...]]) -> Large:
    if isinstance(head, RootOpened):
        sites = tuple(site for piece in pieces for site in piece)  # type: ignore[union-attr]
        return replace(head, index=replace(head.index, sites=sites))
    on_code = _with_spans(head.on_code, pieces)  # type: ignore[arg-type]
    return replace(head, on_code=on_code, layer=layer_of(on_code))


def _without_spans(on_code: TraceOnCode) -> TraceOnCode:
    bare = replace(on_code.tree, spans={}, children={}, order=(), parents={}, depths={})
    return replace(
        on_code,
        trace=replace(on_code.trace, spans=()),
        tree=bare,
        self_ns={},
        correlation=replace(on_code.correlation, resolutions={}),
        since={},
    )


def _pieces(on_code: TraceOnCode) -> Iterator[_Piece]:
    tree, spans = on_code.tree, on_code.trace.spans
    for start in range(0, len(spans), _PIECE):
        some = spans[start : start + _PIECE]
        ids = [span.span_id for span in some]
        yield _Piece(
            spans=some,
            order=tree.order[start : start + _PIECE],
            children=_of(tree.children, ids),
            parents=_of(tree.parents, ids),
            depths=_of(tree.depths, ids),
            self_ns=_of(on_code.self_ns, ids),
            resolutions=_of(on_code.correlation.resolutions, ids),
            since=_of(on_code.since, ids),
        )


def _with_spans(bare: TraceOnCode, pieces: Sequence[_Piece]) -> TraceOnCode:
    spans = tuple(span for piece in pieces for span in piece.spans)
    tree = replace(
        bare.tree,
        spans={span.span_id: span for span in spans},
        children=_together([piece.children for piece in pieces]),
        order=tuple(span_id for piece in pieces for span_id in piece.order),
        parents=_together([piece.parents for piece in pieces]),
        depths=_together([piece.depths for piece in pieces]),
    )
    resolutions = _together([piece.resolutions for piece in pieces])
    return replace(
        bare,
        trace=replace(bare.trace, spans=spans),
        tree=tree,
        self_ns=_together([piece.self_ns for piece in pieces]),
        correlation=replace(bare.correlation, resolutions=resolutions),
        since=_together([piece.since for piece in pieces]),
    )


def _of(mapping: Mapping[str, T], ids: Sequence[str]) -> dict[str, T]:
    return {span_id: mapping[span_id] for span_id in ids if span_id in mapping}


def _together(mappings: Sequence[Mapping[str, T]]) -> dict[str, T]:
    return {key: value for mapping in mappings for key, value in mapping.items()}


def _slices(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _PIECE):
        yield values[start : start + _PIECE]
