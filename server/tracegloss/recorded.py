"""The type of everything a trace recorded: opaque until redacted or revealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, NoReturn, TypeAlias, TypeVar

from msgspec import Struct

JsonValue: TypeAlias = (
    "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)

T_co = TypeVar("T_co", covariant=True)


class Recorded(Struct, Generic[T_co], frozen=True):
    """One value out of a trace, untrusted and possibly secret.

    Only `tracegloss.redaction` (for every surface) and `tracegloss.reveal` (for correlation,
    comparison, findings, history and trace reading) open it. Turning it into text by accident, in
    an f-string or with `str()`, raises: a forgotten redaction is an error and never a leak.
    """

    _value: T_co

    def __repr__(self) -> str:
        """Show the type alone, so that logs and assertion messages leak nothing."""
        return f"Recorded({type(self._value).__name__})"

    def __rich_repr__(self) -> NoReturn:
        """Refuse to be laid out by its fields."""
        raise TypeError("recorded text must pass redaction before it is shown")

    def __str__(self) -> NoReturn:
        """Refuse: recorded text reaches a reader through redaction only."""
        raise TypeError("recorded text must pass redaction before it is shown")

    def __format__(self, spec: str) -> NoReturn:
        """Refuse, as `str()` does."""
        raise TypeError("recorded text must pass redaction before it is shown")


RecordedText: TypeAlias = Recorded[str]
RecordedValue: TypeAlias = Recorded[JsonValue]


class Phrase(Struct, frozen=True):
    """Our own words with recorded text inside, each recorded piece still closed.

    Findings, verdicts and evidence speak in phrases; a surface turns one into text with the
    redactor of its report, which sees every recorded piece by itself.
    """

    parts: tuple[str | RecordedText, ...]

    def __add__(self, other: Phrase) -> Phrase:
        """Join two phrases without anything between them."""
        return Phrase(self.parts + other.parts)


def phrase(template: str, /, **pieces: str | int | RecordedText | Phrase) -> Phrase:
    """Fill `{name}` holes of a template of our own; literal braces are not needed in one."""
    parts: list[str | RecordedText] = []
    rest = template
    while "{" in rest:
        before, _, rest = rest.partition("{")
        name, _, rest = rest.partition("}")
        piece = pieces[name]
        parts.append(before)
        parts.extend(piece.parts if isinstance(piece, Phrase) else (_part(piece),))
    parts.append(rest)
    return Phrase(tuple(part for part in parts if part != ""))


def _part(piece: str | int | RecordedText) -> str | RecordedText:
    return str(piece) if isinstance(piece, int) else piece
