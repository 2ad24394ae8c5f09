"""Reads the facts of many files at once, with a second process where that helps.

Parsing holds the interpreter's lock, so threads would take turns.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import msgspec

from tracegloss.syntax.facts import FileFacts

# Parsing less than this takes about as long as a second process and what it sends back.
WORTH_A_PROCESS = 1_000_000
# Files are dealt out in this many parts at most, for a part is named by one byte.
_MOST_PARTS = 256


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
    with collecting_later():
        if processes == 1 or len(sources) < 2:
            return _pack(sources, done)
        return _in_two_processes(sources, done)


@contextmanager
def collecting_later() -> Iterator[None]:
    """Keep the garbage collector from walking the facts again and again while they are made."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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


def _in_two_processes(sources: Sequence[Source], done: Callable[[str], None]) -> list[Packed]:
    """Fork, and let both processes take part after part; what is missing in the end is read here.

    The largest files come first, so that both end at about the same time however fast each runs.
    """
    parts = _parts(sources)
    numbers, answer = _dealt(len(parts)), os.pipe()
    child = os.fork()
    if child == 0:
        _answer(answer[1], _taken(parts, numbers))
    os.close(answer[1])
    found = _pack(_taken(parts, numbers), done)
    with os.fdopen(answer[0], "rb") as answered:
        received = answered.read()
    os.close(numbers)
    _, status = os.waitpid(child, 0)
    for each in _MANY.decode(received) if status == 0 else ():
        found.append(each)
        done(each.path)
    read = {each.path for each in found}
    return found + _pack([source for source in sources if source.path not in read], done)


def _parts(sources: Sequence[Source]) -> list[list[Source]]:
    by_size = sorted(sources, key=lambda each: len(each.data), reverse=True)
    n_parts = min(len(by_size), _MOST_PARTS)
    return [by_size[number::n_parts] for number in range(n_parts)]


def _dealt(n_parts: int) -> int:
    """Give a pipe that holds the number of each part, a byte each, and then ends."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as numbers:
        numbers.write(bytes(range(n_parts)))
    return reading


def _taken(parts: Sequence[Sequence[Source]], numbers: int) -> Iterator[Source]:
    """Yield the files of the parts that no other process has taken."""
    while number := os.read(numbers, 1):
        yield from parts[number[0]]


def _answer(writing: int, sources: Iterable[Source]) -> None:
    """Write packed facts and end this process without any of the cleaning up of the other one."""
    status = 1
    try:
        with os.fdopen(writing, "wb") as answer:
            answer.write(_ENCODER.encode(_pack(sources)))
        status = 0
    finally:
        os._exit(status)
