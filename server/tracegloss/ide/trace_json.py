"""Finds the span that a place in a trace file belongs to, reading only what is around it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracegloss.traces.ids import span_id_of

# The ids of other spans (links, assessments) may stand in between; further away is another span.
_MOST_KEYS = 64
_MOST_BYTES = 1_000_000
_KEYS = (b'"span_id"', b'"spanId"')
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\]]', re.DOTALL)
_WRITTEN = re.compile(rb'\s*:\s*"([^"\\]{1,64})"')
# Traces of MLflow 2 hold the id in an object of its own.
_CONTEXT = re.compile(rb'"context"\s*:\s*\{[^{}]*$')
_LONGEST_CONTEXT = 400


def span_ids_at(source: bytes, offset: int) -> Iterator[str]:
    """Yield the ids of the objects around an offset of a JSON text, as 16 hex digits.

    A key in quotes never occurs within a JSON string, where its quotes are escaped; so every key
    is a safe place to begin reading at, however large or broken the rest of the file is.
    """
    nearest = 0
    for key in _keys_before(source, offset):
        nearest = max(nearest, key)
        if _encloses(source, key, offset):
            yield from _id_at(source, key)
    for key in _keys_after(source, offset, nearest):
        yield from _id_at(source, key)


def _keys_before(source: bytes, offset: int) -> Iterator[int]:
    floor = max(0, offset - _MOST_BYTES)
    key, found = offset, 0
    while found < _MOST_KEYS and (key := source.rfind(b'"span', floor, key)) >= 0:
        if source.startswith(_KEYS, key):
            found += 1
            yield key


def _encloses(source: bytes, key: int, offset: int) -> bool:
    """Tell whether the object that a key speaks of is still open at a later offset."""
    depth = _allowance(source, key)
    for token in _TOKEN.finditer(source, key):
        if token.start() >= offset:
            break
        depth += _step(token.group())
        if depth < 0:
            return False
    return True


def _keys_after(source: bytes, offset: int, start: int) -> Iterator[int]:
    """Yield the keys of objects that were opened before an offset, reading on from `start`."""
    depth = lowest = 0
    found = 0
    for token in _TOKEN.finditer(source, start, offset + _MOST_BYTES):
        word = token.group()
        if token.start() < offset:
            depth = lowest = depth + _step(word)
            continue
        depth += _step(word)
        lowest = min(lowest, depth)
        if word in _KEYS:
            found += 1
            if lowest >= depth - _allowance(source, token.start()):
                yield token.start()
        if found == _MOST_KEYS:
            return


def _step(token: bytes) -> int:
    if token in {b"{", b"["}:
        return 1
    return -1 if token in {b"}", b"]"} else 0


def _allowance(source: bytes, key: int) -> int:
    """Return 1 for a key in a `context`, which speaks of the object around it."""
    return 1 if _CONTEXT.search(source, max(0, key - _LONGEST_CONTEXT), key) else 0


def _id_at(source: bytes, key: int) -> Iterator[str]:
    after = source.find(b'"', key + 1) + 1
    written = _WRITTEN.match(source, after)
    span_id = span_id_of(written[1].decode("utf-8", "replace"))[0] if written is not None else None
    if span_id is not None:
        yield span_id
