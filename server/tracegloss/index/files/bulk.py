"""Reads the facts of many files at once, with a second process where that helps.

Parsing holds the interpreter's lock, so threads would take turns.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import msgspec

from tracegloss.index.files.discover import SETTINGS
from tracegloss.index.files.sharing import can_share, share
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
    from tracegloss.syntax.settings_file import extract_settings

    try:
        if path.endswith(SETTINGS):
            return extract_settings(data)
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
        processes = 2 if can_share() and _size(sources) >= WORTH_A_PROCESS else 1
    found: list[Packed] = []

    def told(each: Packed) -> None:
        found.append(each)
        done(each.path)

    by_size = sorted(sources, key=lambda each: len(each.data), reverse=True)
    with collecting_later():
        by_path = {source.path: source for source in by_size}
        share(by_path, _pack, _MANY, told, processes=processes)
    return found


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


def _size(sources: Iterable[Source]) -> int:
    return sum(len(source.data) for source in sources)


def _pack(source: Source) -> Packed:
    facts = extracted(source.path, source.data)
    return Packed(source.path, _ENCODER.encode(facts), facts.broken)
