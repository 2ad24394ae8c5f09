"""Finds what the level `personal` hides besides: addresses, numbers and ids of people."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from tracegloss.matcher import matcher
from tracegloss.redaction.cards import passes_luhn
from tracegloss.redaction.secret import Secret

_EMAIL = matcher(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
_PHONE = matcher(r"(?<![0-9A-Za-z+])(?:\+|00)[1-9](?:[ ./-]?\(?[0-9]\)?){6,14}(?![0-9A-Za-z])")
_IBAN = matcher(r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]){11,30}(?![0-9A-Za-z])")
_IPV4 = matcher(r"(?<![0-9A-Za-z.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9A-Za-z]|\.[0-9])")
_IPV6 = matcher(r"(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:])")

_SPANISH = matcher(r"(?<![0-9A-Za-z])[XYZ0-9][0-9]{7}-?[A-Z](?![0-9A-Za-z])")
_FRENCH = matcher(r"(?<![0-9A-Za-z])[12](?: ?[0-9]){4} ?[0-9AB](?: ?[0-9]){9}(?![0-9A-Za-z])")
_BRAZILIAN = matcher(r"(?<![0-9A-Za-z])[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}(?![0-9A-Za-z])")
_FINNISH = matcher(r"(?<![0-9A-Za-z])[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y](?![0-9A-Za-z])")
_SWEDISH = matcher(r"(?<![0-9A-Za-z])(?:[0-9]{2})?[0-9]{6}[-+][0-9]{4}(?![0-9A-Za-z])")


def personal_data(text: str) -> Iterator[Secret]:
    """Find what the level `personal` adds to the level `secrets` in free text."""
    if "@" in text:
        yield from (Secret(*match.span(), "e-mail") for match in _EMAIL.finditer(text))
    yield from _ibans(text)
    yield from _national_ids(text)
    if "+" in text or "00" in text:
        yield from (Secret(*match.span(), "phone number") for match in _PHONE.finditer(text))
    yield from _ip_addresses(text)


def _ibans(text: str) -> Iterator[Secret]:
    for match in _IBAN.finditer(text):
        end = _iban_end(match.group())
        if end:
            yield Secret(match.start(), match.start() + end, "IBAN")


def _iban_end(run: str) -> int:
    """Find where an IBAN at the start of a run ends, 0 when none does (ISO 13616, mod 97)."""
    for end in range(len(run), 14, -1):
        compact = run[:end].replace(" ", "")
        if 15 <= len(compact) <= 34 and run[end - 1] != " " and _mod_97(compact) == 1:
            return end
    return 0


def _mod_97(iban: str) -> int:
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97


def _ip_addresses(text: str) -> Iterator[Secret]:
    for expression in (_IPV4, _IPV6):
        for match in expression.finditer(text):
            if _is_address(match.group()):
                yield Secret(*match.span(), "IP address")


def _is_address(text: str) -> bool:
    if len(text) < 4:
        return False
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _national_ids(text: str) -> Iterator[Secret]:
    for expression, holds in _NATIONAL_IDS:
        for match in expression.finditer(text):
            if holds(match.group()):
                yield Secret(*match.span(), "national id")


def _spanish(text: str) -> bool:
    digits = str("XYZ".find(text[0])) + text[1:8] if text[0] in "XYZ" else text[:8]
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == text[-1]


def _french(text: str) -> bool:
    compact = text.replace(" ", "").replace("2A", "19").replace("2B", "18")
    return compact.isdigit() and 97 - int(compact[:13]) % 97 == int(compact[13:])


def _brazilian(text: str) -> bool:
    digits = [int(character) for character in text if character.isdigit()]
    if len(set(digits)) == 1:
        return False
    return all(_brazilian_check(digits[:n]) == digits[n] for n in (9, 10))


def _brazilian_check(digits: list[int]) -> int:
    total = sum(digit * (len(digits) + 1 - place) for place, digit in enumerate(digits))
    return total * 10 % 11 % 10


def _finnish(text: str) -> bool:
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(text[:6] + text[7:10]) % 31] == text[10]


def _swedish(text: str) -> bool:
    digits = "".join(character for character in text if character.isdigit())[-10:]
    return 1 <= int(digits[2:4]) <= 12 and passes_luhn(digits)


_NATIONAL_IDS = (
    (_SPANISH, _spanish),
    (_FRENCH, _french),
    (_BRAZILIAN, _brazilian),
    (_FINNISH, _finnish),
    (_SWEDISH, _swedish),
)
