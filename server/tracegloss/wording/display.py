"""The one door through which recorded text enters a report: redacted, then made printable."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from tracegloss.model.settings import RedactionSettings
from tracegloss.model.trace import Attributes, Labels
from tracegloss.recorded import JsonValue, Phrase, RecordedText, RecordedValue
from tracegloss.redaction import Redactor
from tracegloss.redaction.shortening import LeftOut
from tracegloss.wording.cutting import cut, cut_name
from tracegloss.wording.printable import block, one_line

_NAME_ROOM = 80
_PIECE_ROOM = 400


class Display:
    """Opens recorded values for one report; equal secrets get equal numbers in all of it."""

    def __init__(self, settings: RedactionSettings) -> None:
        self._redactor = Redactor(settings)
        self._names: dict[RecordedText, str] = {}
        self.level = settings.level

    @classmethod
    def leaving(cls, settings: RedactionSettings) -> Display:
        """Open recorded values for a form made to leave the machine: personal data is hidden too.

        A reader who switched redaction off keeps it off.
        """
        return cls(settings if settings.level == "off" else replace(settings, level="personal"))

    def name(self, recorded: RecordedText | None, *, absent: str = "") -> str:
        """Show a name on one line, shortened in its middle when very long."""
        if recorded is None:
            return absent
        shown = self._names.get(recorded)
        if shown is None:
            shown = cut_name(one_line(self._redactor.text(recorded)), _NAME_ROOM) or '""'
            self._names[recorded] = shown
        return shown

    def line(self, recorded: RecordedText, room: int = _PIECE_ROOM) -> str:
        """Show a text on one line, cut to `room` columns."""
        return cut(one_line(self._redactor.text(recorded)), room)

    def block(self, recorded: RecordedText) -> str:
        """Show a text with its lines, in full."""
        return block(self._redactor.text(recorded))

    def text(self, recorded: RecordedText) -> str:
        """Redact a text and leave the rest to a caller that escapes it by a format's own rules."""
        return self._redactor.text(recorded)

    def value(self, recorded: RecordedValue | Attributes | Labels) -> JsonValue:
        """Redact a value and keep its structure; its strings are yet to be made printable."""
        return self._redactor.value(recorded)

    def sample(self, recorded: RecordedValue) -> tuple[JsonValue, LeftOut]:
        """Redact the beginning of a value that may be very large, as `value` does the whole."""
        return self._redactor.sample(recorded)

    def sentence(self, phrase: Phrase, piece: Callable[[str], str] | None = None) -> str:
        """Show a phrase on one line; `piece` wraps each recorded part, already safe and cut.

        Our own words are redacted too: they quote names from source, whose literals hold secrets.
        """
        return "".join(
            self.ours(part) if isinstance(part, str) else self._piece(part, piece)
            for part in phrase.parts
        )

    def named(self, name: RecordedText, recorded: RecordedValue) -> JsonValue:
        """Redact a value that is known by a name of its own, as `value` does."""
        return self._redactor.named(self._redactor.text(name), recorded)

    def source(self, line: str) -> str:
        """Show a line of source code; literals in code hold secrets too."""
        return block(self._redactor.plain(line)).rstrip()

    def ours(self, text: str | None) -> str:
        """Show text that is not recorded but may carry credentials or odd characters: a URI."""
        return "" if text is None else one_line(self._redactor.plain(text))

    @property
    def redacted(self) -> Mapping[str, int]:
        """Count the values redacted so far, by kind."""
        return {str(kind): number for kind, number in self._redactor.counts.items()}

    def _piece(self, part: RecordedText, wrapped: Callable[[str], str] | None) -> str:
        shown = self.line(part)
        return wrapped(shown) if wrapped is not None else shown
