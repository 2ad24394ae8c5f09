"""Work on many items shared with a second process, which takes part after part as this one does."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

import msgspec

_Item = TypeVar("_Item")

_ENCODER = msgspec.msgpack.Encoder()
# Items are dealt out in this many parts at most, for a part is named by one byte.
_MOST_PARTS = 256


def can_share() -> bool:
    """Tell whether there is a second processor, and no thread whose locks a fork would break."""
    return hasattr(os, "fork") and threading.active_count() == 1 and (os.cpu_count() or 1) > 1


class OfPath(Protocol):
    """A result of the work on one item."""

    @property
    def path(self) -> str:
        """The path under which the item was given."""
        ...


_Result = TypeVar("_Result", bound=OfPath)


def share(
    items: Mapping[str, _Item],
    work: Callable[[_Item], _Result],
    decoder: msgspec.msgpack.Decoder[list[_Result]],
    told: Callable[[_Result], None],
    *,
    processes: int,
) -> None:
    """Work on items by path, in one process or two, and tell each result, in no certain order.

    Results of the second process are packed and decoded; what it has not done when it dies is done
    here. Put large items first, then both end at about the same time however fast each runs.
    """
    left = dict(items)

    def take(result: _Result) -> None:
        del left[result.path]
        told(result)

    if processes > 1 and len(left) > 1:
        _fork(tuple(left.values()), work, decoder, take)
    for item in tuple(left.values()):
        take(work(item))


def _fork(
    items: Sequence[_Item],
    work: Callable[[_Item], _Result],
    decoder: msgspec.msgpack.Decoder[list[_Result]],
    take: Callable[[_Result], None],
) -> None:
    """Let both processes take part after part; a second one that dies leaves its results out."""
    n_parts = min(len(items), _MOST_PARTS)
    parts = [items[number::n_parts] for number in range(n_parts)]
    numbers, answer = _dealt(n_parts), os.pipe()
    child = os.fork()
    if child == 0:
        _answer(answer[1], (work(item) for item in _taken(parts, numbers)))
    os.close(answer[1])
    for item in _taken(parts, numbers):
        take(work(item))
    os.close(numbers)
    with os.fdopen(answer[0], "rb") as answered:
        received = answered.read()
    _, status = os.waitpid(child, 0)
    for result in decoder.decode(received) if status == 0 else ():
        take(result)


def _dealt(n_parts: int) -> int:
    """Give a pipe that holds the number of each part, a byte each, and then ends."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as numbers:
        numbers.write(bytes(range(n_parts)))
    return reading


def _taken(parts: Sequence[Sequence[_Item]], numbers: int) -> Iterator[_Item]:
    """Yield the items of the parts that the other process has not taken."""
    while number := os.read(numbers, 1):
        yield from parts[number[0]]


def _answer(writing: int, results: Iterable[object]) -> None:
    """Write results and end this process without any of the cleaning up of the other one."""
    status = 1
    try:
        with os.fdopen(writing, "wb") as answer:
            answer.write(_ENCODER.encode(list(results)))
        status = 0
    finally:
        os._exit(status)
