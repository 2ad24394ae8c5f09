"""Words that several rules share: durations, counts, lists of names, values inside a message."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tracegloss.recorded import JsonValue, Phrase, Recorded, RecordedText, phrase
from tracegloss.reveal import reveal

# Longer pieces are never shown whole; what a secret needs to be recognized lies far below.
_LONGEST_PIECE = 4096


def duration(nanoseconds: int) -> str:
    """Word a duration: `0.3 ms`, `12 ms`, `1.24 s`, `2 m 05 s`, `3 h 07 m`."""
    milliseconds = nanoseconds / 1_000_000
    if milliseconds < 999.5:
        return f"{milliseconds:.1f} ms" if milliseconds < 9.95 else f"{milliseconds:.0f} ms"
    if milliseconds < 59_995:
        return f"{milliseconds / 1000:.2f} s"
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    if minutes < 60:
        return f"{minutes} m {seconds:02} s"
    return f"{minutes // 60} h {minutes % 60:02} m"


def piece(text: str) -> RecordedText:
    """Close a recorded text again for a message, bounded far beyond what a message shows."""
    return Recorded(text if len(text) <= _LONGEST_PIECE else text[:_LONGEST_PIECE] + " …")


def bounded(recorded: RecordedText) -> RecordedText:
    """Bound a recorded text for a message."""
    return piece(reveal(recorded))


def value_piece(value: JsonValue) -> RecordedText:
    """Write a recorded value on one line: text in quotes, anything else as JSON."""
    try:
        return piece(json.dumps(value, ensure_ascii=False, default=str))
    except RecursionError:
        return piece("(nested too deeply to be shown)")


def listed(pieces: Sequence[RecordedText], most: int = 6) -> Phrase:
    """Join recorded names by commas; what is beyond `most` is counted."""
    words = Phrase(())
    for number, name in enumerate(pieces[:most]):
        words = words + phrase(", {name}" if number else "{name}", name=name)
    more = len(pieces) - most
    return words + phrase(" and {n} more", n=more) if more > 0 else words


def joined(phrases: Sequence[Phrase]) -> Phrase:
    """Join phrases as prose does: `a`, `a and b`, `a, b and c`."""
    words = Phrase(())
    for number, part in enumerate(phrases):
        is_last = number == len(phrases) - 1
        glue = "" if number == 0 else " and " if is_last else ", "
        words = words + Phrase((glue,) if glue else ()) + part
    return words


def plural(number: int, noun: str) -> str:
    """Count a noun: `1 span`, `3 spans`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
