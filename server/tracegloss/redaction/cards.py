"""Finds payment card numbers, and leaves alone the ids and times that look like them."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.matcher import matcher
from tracegloss.redaction.secret import Secret

# Digits and separators in any order are cheap to find; runs with single separators are inside.
_STRETCH = matcher(r"[0-9][0-9 -]{11,}[0-9]")
_RUN = matcher(r"[0-9](?:[ -]?[0-9]){12,}")
_GROUP = matcher(r"[0-9]+")
_LONGEST = 19
_LEAST_GROUP_IN_A_LONGER_RUN = 3
# What ties a number to a longer hex, uuid or number run on its left or right.
_TIED_BEFORE = matcher(r"(?<!\\)(?<!\\u[0-9a-f]{3})[0-9A-Za-z]$|[0-9][A-Za-z]*[-.]$")
_TIED_AFTER = matcher(r"[0-9A-Za-z]|[-.][A-Za-z]*[0-9]")
# First digits and lengths in use: Visa, Mastercard, American Express, Diners, JCB, Maestro and the
# issuers of 6 (Discover, UnionPay and others).
_ISSUED = matcher(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|5[1-5][0-9]{14}"
    r"|(?:222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|3[47][0-9]{13}|3(?:0[0-59]|[689][0-9])[0-9]{11}(?:[0-9]{2,5})?|35[0-9]{14,17}"
    r"|(?:5[06-8]|6[0-9])[0-9]{11,17}"
)


def card_numbers(text: str) -> Iterator[Secret]:
    """Find numbers of 13 to 19 digits with a known issuer and a right check digit."""
    for stretch in _STRETCH.finditer(text):
        for run in _RUN.finditer(text, *stretch.span()):
            groups = [group.span() for group in _GROUP.finditer(text, *run.span())]
            yield from _in_groups(text, groups)


def is_card_number(digits: str) -> bool:
    """Check length, first digits, check digit (Luhn), and that not all digits are equal."""
    is_issued = _ISSUED.fullmatch(digits) is not None
    return is_issued and len(set(digits)) > 1 and passes_luhn(digits)


def passes_luhn(digits: str) -> bool:
    """Check the last digit by Luhn's rule (ISO/IEC 7812)."""
    doubled = [int(digit) * 2 for digit in reversed(digits)][1::2]
    plain = sum(int(digit) for digit in digits[::-1][::2])
    return (plain + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0


def _in_groups(text: str, groups: list[tuple[int, int]]) -> Iterator[Secret]:
    """Try the whole run, however it is grouped; then parts of it in groups as cards have them."""
    if sum(end - start for start, end in groups) <= _LONGEST:
        windows = [(0, len(groups))]
    else:
        windows = _long_groups(groups)
    for first, beyond in windows:
        yield from _in_window(text, groups[first:beyond])


def _long_groups(groups: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the stretches of neighbouring groups that are long enough for a card's."""
    windows: list[tuple[int, int]] = []
    first = 0
    for number, (start, end) in enumerate([*groups, (0, 0)]):
        if end - start < _LEAST_GROUP_IN_A_LONGER_RUN:
            if number > first:
                windows.append((first, number))
            first = number + 1
    return windows


def _in_window(text: str, groups: list[tuple[int, int]]) -> Iterator[Secret]:
    first = 0
    while first < len(groups):
        last = _last_group(text, groups, first)
        if last is not None:
            yield Secret(groups[first][0], groups[last][1], "card number")
        first = first + 1 if last is None else last + 1


def _last_group(text: str, groups: list[tuple[int, int]], first: int) -> int | None:
    digits = ""
    for last in range(first, len(groups)):
        digits += text[slice(*groups[last])]
        if len(digits) > _LONGEST:
            return None
        start, end = groups[first][0], groups[last][1]
        if is_card_number(digits) and not _part_of_an_identifier(text, start, end):
            return last
    return None


def _part_of_an_identifier(text: str, start: int, end: int) -> bool:
    tied_before = _TIED_BEFORE.search(text[max(0, start - 40) : start])
    return tied_before is not None or _TIED_AFTER.match(text, end) is not None
