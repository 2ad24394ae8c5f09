"""Searches many recorded values for stored secrets at once, at the cost of one long text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from tracegloss.recorded import JsonValue
from tracegloss.redaction.cards import card_numbers, is_card_number
from tracegloss.redaction.names import name_kind
from tracegloss.redaction.patterns import keys, named_values, private_keys, tokens
from tracegloss.redaction.secret import SecretKind

# Stands between two texts: no pattern reaches across it, and no person writes it.
_BOUNDARY = "\x1e"
_CARD_SIZES = range(10**12, 10**19)
_DETECTORS = (private_keys, keys, tokens, named_values, card_numbers)


def stored_secrets(values: Iterable[tuple[str, JsonValue]]) -> dict[str, tuple[SecretKind, ...]]:
    """Return which holders of values hold which kinds of secrets, in order of the values.

    Looks for keys, tokens, passwords, private keys and card numbers whatever the level of
    redaction: what is stored unredacted is a fact about the store.
    """
    gathered = _Gathered()
    for holder, value in values:
        gathered.add(holder, value)
    found: dict[str, dict[SecretKind, None]] = {holder: {} for holder in gathered.starts}
    for holder, kind in (*gathered.by_name, *gathered.by_text()):
        found[holder][kind] = None
    return {holder: tuple(kinds) for holder, kinds in found.items() if kinds}


class _Gathered(Struct):
    """All texts in a row, each holder's starting where `starts` says."""

    starts: dict[str, int] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    by_name: list[tuple[str, SecretKind]] = field(default_factory=list)
    length: int = 0

    def add(self, holder: str, value: JsonValue) -> None:
        """Take in the texts of a value, and what its names alone tell."""
        self.starts.setdefault(holder, self.length)
        waiting: list[JsonValue] = [value]
        while waiting:
            current = waiting.pop()
            if isinstance(current, str):
                self._text(current)
            elif isinstance(current, int):
                if current in _CARD_SIZES and is_card_number(str(current)):
                    self.by_name.append((holder, "card number"))
            elif isinstance(current, dict):
                waiting.extend(current.values())
                self._names(holder, current)
            elif current is not None and not isinstance(current, float):
                waiting.extend(current)

    def _text(self, text: str) -> None:
        self.texts.append(text)
        self.length += len(text) + len(_BOUNDARY)

    def _names(self, holder: str, mapping: Mapping[str, JsonValue]) -> None:
        for name, value in mapping.items():
            if name_kind(name) == "password" and not isinstance(value, bool) and value:
                self.by_name.append((holder, "password"))

    def by_text(self) -> Iterator[tuple[str, SecretKind]]:
        """Search all texts at once and tell whose each find is."""
        holders, starts = list(self.starts), list(self.starts.values())
        joined = _BOUNDARY.join(self.texts)
        for detect in _DETECTORS:
            for secret in detect(joined):
                yield holders[bisect_right(starts, secret.start) - 1], secret.kind
