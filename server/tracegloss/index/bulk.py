"""Reads the facts of many files at once, half of them in a second process while that helps.

Parsing holds the interpreter's lock, so threads would take turns.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence

import msgspec

from tracegloss.syntax.facts import FileFacts

# Parsing less than this takes about as long as a second process and what it sends back.
WORTH_A_PROCESS = 1_000_000


class Source(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The bytes of a file and its path, which says how to read them."""

    path: str
    data: bytes


class Packed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The packed facts of a file; `broken` says why parts of it may be missing."""

    path: str
    facts: bytes
    broken: str | None


_ENCODER = msgspec.msgpack.Encoder()
_MANY = msgspec.msgpack.Decoder(list[Packed])


def extracted(path: str, data: bytes) -> FileFacts:
    """Give the facts of a file; never raises, for one file must not cost the others.

    The parser is imported here: a start without any changed file does without it.
    """
    from tracegloss.syntax.extract import extract
    from tracegloss.syntax.notebook import extract_notebook

    try:
        return extract_notebook(data) if path.endswith(".ipynb") else extract(data)
    except Exception as error:  # noqa: BLE001 - one file must not cost the others
        return FileFacts(broken=f"cannot be read ({type(error).__name__})")


def _nothing(_path: str) -> None:
    """Take the path of a file that is done when nobody counts them."""


def packed(
    sources: Sequence[Source],
    processes: int | None = None,
    done: Callable[[str], None] = _nothing,
) -> list[Packed]:
    """Give the packed facts of files, in no certain order; `done` is told each path once.

    `processes` is one or two; `None` takes two where there is enough to do, and where leaving out
    what other threads hold is safe because there are none.
    """
    if processes is None:
        processes = 2 if _can_split() and _size(sources) >= WORTH_A_PROCESS else 1
    if processes == 1 or len(sources) < 2:
        return _pack(sources, done)
    ours, theirs = _halves(sources)
    return _in_two_processes(ours, theirs, done)


def _can_split() -> bool:
    return hasattr(os, "fork") and threading.active_count() == 1 and (os.cpu_count() or 1) > 1


def _size(sources: Iterable[Source]) -> int:
    return sum(len(source.data) for source in sources)


def _pack(sources: Iterable[Source], done: Callable[[str], None] = _nothing) -> list[Packed]:
    found: list[Packed] = []
    for source in sources:
        facts = extracted(source.path, source.data)
        found.append(Packed(source.path, _ENCODER.encode(facts), facts.broken))
        done(source.path)
    return found


def _halves(sources: Sequence[Source]) -> tuple[list[Source], list[Source]]:
    """Split files into two parts of about the same size, the largest first."""
    parts: tuple[list[Source], list[Source]] = ([], [])
    sizes = [0, 0]
    for source in sorted(sources, key=lambda each: len(each.data), reverse=True):
        smaller = 0 if sizes[0] <= sizes[1] else 1
        parts[smaller].append(source)
        sizes[smaller] += len(source.data)
    return parts


def _in_two_processes(
    ours: list[Source], theirs: list[Source], done: Callable[[str], None]
) -> list[Packed]:
    """Fork for one half; should the other process not answer in full, do its half here too."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(writing, theirs)
    os.close(writing)
    found = _pack(ours, done)
    with os.fdopen(reading, "rb") as answer:
        received = answer.read()
    _, status = os.waitpid(child, 0)
    if status != 0:
        return found + _pack(theirs, done)
    for source in theirs:
        done(source.path)
    return found + _MANY.decode(received)


def _answer(writing: int, sources: list[Source]) -> None:
    """Write packed facts and end this process without any of the cleaning up of the other one."""
    status = 1
    try:
        with os.fdopen(writing, "wb") as answer:
            answer.write(_ENCODER.encode(_pack(sources)))
        status = 0
    finally:
        os._exit(status)
