"""The one boundary for everything a trace recorded: from here on it is text that may be shown."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tracegloss.model.settings import RedactionSettings
from tracegloss.recorded import JsonValue, Phrase, Recorded, RecordedText
from tracegloss.redaction.cards import is_card_number
from tracegloss.redaction.linear import OwnPattern, own_pattern
from tracegloss.redaction.names import NameKind, looks_random, name_kind
from tracegloss.redaction.patterns import DETECTORS, may_name_a_secret, named_values
from tracegloss.redaction.personal import personal_data
from tracegloss.redaction.secret import Secret, SecretKind, merged
from tracegloss.redaction.shortening import LeftOut, cut_texts, shortened
from tracegloss.reveal import reveal

# No secret is shorter; numbers as dictionary keys, words and flags pass at once.
_SHORTEST = 6
_SHORTEST_KEY = 18
_CONTEXT = 4096
_JSON_OPENING = re.compile(r"\s*[\[{\"]")


class Redactor:
    """Replaces secrets by their kind and a number; equal values get equal numbers.

    One redactor serves one report, so that the same value reads the same in all of it.
    """

    __slots__ = ("_counts", "_labels", "_own_keys", "_own_patterns", "settings")

    def __init__(self, settings: RedactionSettings | None = None) -> None:
        """Read the settings' own keys and patterns; invalid patterns raise `SettingError`."""
        self.settings = RedactionSettings() if settings is None else settings
        self._labels: dict[str, str] = {}
        self._counts: Counter[SecretKind] = Counter()
        self._own_keys = frozenset(self.settings.keys)
        self._own_patterns: tuple[OwnPattern, ...] = tuple(
            own_pattern(text) for text in self.settings.patterns
        )

    @property
    def counts(self) -> Mapping[SecretKind, int]:
        """How many different values of each kind were hidden so far."""
        return dict(self._counts)

    def text(self, recorded: RecordedText) -> str:
        """Open a recorded text with its secrets replaced; cut it afterwards, never before."""
        return self.plain(reveal(recorded))

    def value(self, recorded: Recorded[JsonValue]) -> JsonValue:
        """Open a recorded value; its structure stays, values under telling names are replaced.

        What is nested beyond Python's depth of calls is left out whole, with words saying so.
        """
        return self._opened(reveal(recorded), "harmless")

    def sample(self, recorded: Recorded[JsonValue]) -> tuple[JsonValue, LeftOut]:
        """Open the beginning of a value that may be very large, and say how much is left out.

        Of each text 4 KB more are read than returned: a secret across the edge is replaced whole.
        """
        beginning, left_out = shortened(reveal(recorded), _CONTEXT)
        return cut_texts(self._opened(beginning, "harmless")), left_out

    def named(self, name: str, recorded: Recorded[JsonValue]) -> JsonValue:
        """Open a value that is known by a name: a tag, an attribute, an assessment's source."""
        return self._opened(reveal(recorded), self._kind_of(name))

    def setting(self, name: str, value: str) -> str:
        """Make an environment variable or setting safe to show, by its name and its value."""
        return self._named_text(value, self._kind_of(name))

    def phrase(self, phrase: Phrase) -> str:
        """Turn a phrase into text, each recorded piece redacted by itself."""
        return "".join(part if isinstance(part, str) else self.text(part) for part in phrase.parts)

    def plain(self, text: str) -> str:
        """Redact text that never was recorded: addresses, messages of other programs, logs."""
        if self.settings.level == "off" or len(text) < _SHORTEST:
            return text
        found = merged(self._secrets(text))
        if _JSON_OPENING.match(text) and (found or self._may_hide_in_json(text)):
            return self._json_text(text, found)
        return self._replaced(text, found) if found else text

    def _may_hide_in_json(self, text: str) -> bool:
        return bool(self._own_keys) or "\\u" in text or may_name_a_secret(text)

    def _json_text(self, text: str, found: Sequence[Secret]) -> str:
        """Redact JSON within a string by its own names; what only looks like JSON is text."""
        try:
            decoded = json.loads(text)
        except (ValueError, RecursionError):
            return self._replaced(text, found)
        redacted = self._structure(decoded, "harmless")
        return text if redacted == decoded else json.dumps(redacted, ensure_ascii=False)

    def _opened(self, value: JsonValue, kind: NameKind) -> JsonValue:
        try:
            return self._structure(value, kind)
        except RecursionError:
            return "[nested too deeply to be shown]"

    def _secrets(self, text: str) -> Iterator[Secret]:
        if self.settings.level == "off":
            return
        for detect in DETECTORS:
            if detect is named_values:
                yield from named_values(text, self._own_keys)
            else:
                yield from detect(text)
        for pattern in self._own_patterns:
            yield from (Secret(*place, "own pattern") for place in pattern.places(text))
        if self.settings.level == "personal":
            yield from personal_data(text)

    def _kind_of(self, name: str) -> NameKind:
        kind = name_kind(name, self._own_keys)
        if self.settings.level == "off" or (kind == "person" and self.settings.level != "personal"):
            return "harmless"
        return kind

    def _structure(self, value: JsonValue, kind: NameKind) -> JsonValue:
        if isinstance(value, str):
            return self._named_text(value, kind)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return self._number(value, kind)
        if isinstance(value, Mapping):
            return {self._key(name): self._member(name, item, kind) for name, item in value.items()}
        return [self._structure(item, kind) for item in value]

    def _key(self, name: str) -> str:
        is_plain_word = len(name) < _SHORTEST_KEY and name.isidentifier()
        return name if is_plain_word and not self._own_patterns else self.plain(name)

    def _member(self, name: str, value: JsonValue, outer: NameKind) -> JsonValue:
        kind = self._kind_of(name)
        return self._structure(value, outer if kind == "harmless" else kind)

    def _named_text(self, text: str, kind: NameKind) -> str:
        if kind == "harmless" or not text:
            return self.plain(text)
        whole = self._whole_kind(text, kind)
        return self.plain(text) if whole is None else self._label(text, whole)

    def _whole_kind(self, text: str, kind: NameKind) -> SecretKind | None:
        if kind == "person":
            return "person"
        [*found] = merged(self._secrets(text))
        if len(found) == 1 and (found[0].start, found[0].end) == (0, len(text)):
            return found[0].kind
        if kind == "password":
            return "password"
        return "high-entropy value" if looks_random(text) else None

    def _number(self, number: float, kind: NameKind) -> JsonValue:
        if self.settings.level == "off":
            return number
        if kind == "password":
            return self._label(str(number), "password")
        is_card = isinstance(number, int) and is_card_number(str(number))
        return self._label(str(number), "card number") if is_card else number

    def _replaced(self, text: str, found: Sequence[Secret]) -> str:
        pieces: list[str] = []
        position = 0
        for secret in found:
            pieces.append(text[position : secret.start])
            pieces.append(self._label(text[secret.start : secret.end], secret.kind))
            position = secret.end
        pieces.append(text[position:])
        return "".join(pieces)

    def _label(self, value: str, kind: SecretKind) -> str:
        same = value.replace(" ", "").replace("-", "") if kind == "card number" else value
        label = self._labels.get(same)
        if label is None:
            self._counts[kind] += 1
            label = self._labels[same] = f"[{kind} #{self._counts[kind]}]"
        return label
