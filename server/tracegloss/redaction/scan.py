"""Searches many recorded values for stored secrets at once, at the cost of one long text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from msgspec import Struct, field

from tracegloss.recorded import JsonValue
from tracegloss.redaction.cards import card_numbers, is_card_number
from tracegloss.redaction.names import name_kind
from tracegloss.redaction.patterns import keys, named_values, private_keys, tokens
from tracegloss.redaction.secret import SecretKind

# Stands between two texts: no pattern reaches across it, and no person writes it.
_BOUNDARY = "\x1e"
_LEAST_CARD, _BEYOND_CARDS = 10**12, 10**19
_DETECTORS = (private_keys, keys, tokens, named_values, card_numbers)


def stored_secrets(values: Iterable[tuple[str, JsonValue]]) -> dict[str, tuple[SecretKind, ...]]:
    """Return which holders of values hold which kinds of secrets, in order of the values.

    A holder has one value. Looks for keys, tokens, passwords, private keys and card numbers
    whatever the level of redaction: what is stored unredacted is a fact about the store.
    """
    gathered = _Gathered()
    # Spans share equal decoded values; each is searched for its first holder.
    first_with: dict[int, tuple[str, JsonValue]] = {}
    first_of: dict[str, str] = {}
    for holder, value in values:
        first, _ = first_with.setdefault(id(value), (holder, value))
        first_of[holder] = first
        if first == holder:
            gathered.add(holder, value)
    found: dict[str, dict[SecretKind, None]] = {holder: {} for holder in gathered.starts}
    for holder, kind in (*gathered.by_name, *gathered.by_text()):
        found[holder][kind] = None
    return {holder: tuple(found[first]) for holder, first in first_of.items() if found[first]}


class _Gathered(Struct):
    """All texts in a row, each holder's beginning with the text whose number `starts` has.

    `harmless` are the names met so far that tell of no password: few names repeat many times.
    """

    starts: dict[str, int] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    by_name: list[tuple[str, SecretKind]] = field(default_factory=list)
    harmless: set[str] = field(default_factory=set)

    def add(self, holder: str, value: JsonValue) -> None:
        """Take in the texts of a value, and what its names alone tell."""
        self.starts.setdefault(holder, len(self.texts))
        waiting: list[JsonValue] = [value]
        while waiting:
            current = waiting.pop()
            # What JSON decodes to has exactly these types; asking for them is the cheapest.
            if type(current) is str:
                self.texts.append(current)
            elif type(current) is dict:
                waiting.extend(current.values())
                if not current.keys() <= self.harmless:
                    self._names(holder, current)
            elif isinstance(current, int):
                if _LEAST_CARD <= current < _BEYOND_CARDS and is_card_number(str(current)):
                    self.by_name.append((holder, "card number"))
            elif current is not None and not isinstance(current, float):
                assert not isinstance(current, str | Mapping)
                waiting.extend(current)

    def _names(self, holder: str, mapping: Mapping[str, JsonValue]) -> None:
        for name, value in mapping.items():
            if name_kind(name) != "password":
                self.harmless.add(name)
            elif not isinstance(value, bool) and value:
                self.by_name.append((holder, "password"))

    def by_text(self) -> Iterator[tuple[str, SecretKind]]:
        """Search all texts at once and tell whose each find is."""
        lengths = (len(text) + len(_BOUNDARY) for text in self.texts)
        offsets = list(accumulate(lengths, initial=0))
        holders, starts = list(self.starts), [offsets[first] for first in self.starts.values()]
        joined = _BOUNDARY.join(self.texts)
        for detect in _DETECTORS:
            for secret in detect(joined):
                yield holders[bisect_right(starts, secret.start) - 1], secret.kind
