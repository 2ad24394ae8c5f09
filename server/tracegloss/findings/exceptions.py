"""What became of each exception of a trace, and how exceptions are put in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct, field

from tracegloss.findings.wording import bounded
from tracegloss.matcher import matcher
from tracegloss.model.finding import RaisedException
from tracegloss.recorded import Phrase, RecordedText, phrase
from tracegloss.reveal import reveal

Fate: TypeAlias = Literal["fatal", "wrapped", "handled", "noted"]

_MASKED = matcher(r"'[^'\n]*'|\"[^\"\n]*\"|`[^`\n]*`|\b[0-9a-fA-F-]*[0-9][0-9a-fA-F-]*\b|[0-9]+")
_LONGEST_MESSAGE = 1000


class ExceptionTable(Struct, frozen=True):
    """All exceptions of a trace. `of_span` names the one that ended a span, by its number.

    The other tuples run parallel to `exceptions`: what became of each, the spans that went on
    without it, the span it was raised in, and the members of an exception group.
    """

    exceptions: tuple[RaisedException, ...] = ()
    fates: tuple[Fate, ...] = ()
    handled_by: tuple[tuple[str, ...], ...] = ()
    first_raised: tuple[str | None, ...] = ()
    members: tuple[tuple[int, ...], ...] = ()
    of_span: Mapping[str, int] = field(default_factory=dict)

    def spans_of(self, number: int) -> tuple[str, ...]:
        """Return the spans an exception ended, the raising ones first."""
        roles = self.exceptions[number].roles
        ended = [s for s, role in roles.items() if role in {"raised", "propagated"}]
        return tuple(sorted(ended, key=lambda span_id: roles[span_id] != "raised"))

    def bearers(self, number: int) -> tuple[int, ...]:
        """Return what to report in place of an exception: of a group, the members seen raised."""
        seen = [m for m in self.members[number] if "raised" in self.exceptions[m].roles.values()]
        if not seen:
            return (number,)
        return tuple(dict.fromkeys(bearer for member in seen for bearer in self.bearers(member)))


def type_name(recorded: RecordedText) -> str:
    """Return an exception's class name without its module."""
    return reveal(recorded).rpartition(".")[2]


def in_words(raised: RaisedException) -> Phrase:
    """Word an exception as Python prints it: `ValueError: no such order`, `TimeoutError`."""
    if not reveal(raised.message).strip():
        return phrase("{type}", type=raised.type)
    if not reveal(raised.type):
        return phrase("{message}", message=bounded(raised.message))
    return phrase("{type}: {message}", type=raised.type, message=bounded(raised.message))


def masked(message: str) -> str:
    """Replace quoted values and numbers, which differ between occurrences of one fault."""
    return _MASKED.sub("*", message[:_LONGEST_MESSAGE])
