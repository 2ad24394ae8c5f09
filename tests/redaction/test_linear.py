"""Patterns of a repository's settings: what they match, what is refused, what they cannot cost."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracegloss.errors import SettingError
from tracegloss.redaction.linear import own_pattern

MATCHES = {
    "literal": (r"CUST-\d{4,}", "a CUST-12345, CUST-1", ["CUST-12345"]),
    "class": (r"[A-C]\w?x", "Ax Bzx Dx", ["Ax", "Bzx"]),
    "class with a bracket": (r"[]a]+!", "x]a]!", ["]a]!"]),
    "alternatives": (r"ab|cd+|ef", "ab cddd ef", ["ab", "cddd", "ef"]),
    "group": (r"(?:ab){2}c", "abc ababc", ["ababc"]),
    "optional": (r"colou?r", "color colour", ["color", "colour"]),
    "border": (r"\bid\d\b", "id1 xid2 id33", ["id1"]),
    "whole": (r"^a.c$", "abc", ["abc"]),
    "case": (r"(?i)secret\.txt", "SECRET.TXT", ["SECRET.TXT"]),
    "overlapping matches are one stretch": (r"aba", "ababa", ["ababa"]),
    "empty": (r"a*", "bbb", []),
    "nested repetition": (r"(a+)+b", "aaab", ["aaab"]),
}

REFUSED = (
    r"(?=a)",
    r"(a)\1",
    r"(?P<n>a)",
    r"a{9999}",
    r"(a",
    r"[a",
    r"((a{400}){400}){400}",
    "a" * 1001,
)


@pytest.mark.parametrize("pattern, text, found", MATCHES.values(), ids=MATCHES)
def test_stretches(pattern: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in own_pattern(pattern).places(text)] == found


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_cannot_be_searched_is_refused(pattern: str) -> None:
    with pytest.raises(SettingError, match="cannot be used"):
        own_pattern(pattern)


PIECES = st.sampled_from(("a", "b", "[ab]", ".", "(?:a|bc)", "(?:ab)", r"\b"))
PATTERNS = st.lists(
    st.tuples(PIECES, st.sampled_from(("", "", "?", "*", "+", "{2}", "{1,2}"))),
    min_size=1,
    max_size=4,
).map(lambda parts: "".join(piece + (repeat if piece != r"\b" else "") for piece, repeat in parts))


@given(PATTERNS, st.text("abc ", max_size=12))
def test_every_character_of_any_match_is_covered_and_no_other(pattern: str, text: str) -> None:
    full = re.compile(f"(?:{pattern})")
    covered = {
        place
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
        if _matches_exactly(full, text, start, end)
        for place in range(start, end)
    }
    stretches = own_pattern(pattern).places(text)
    assert {place for start, end in stretches for place in range(start, end)} == covered


def _matches_exactly(full: re.Pattern[str], text: str, start: int, end: int) -> bool:
    """A match of just this stretch; borders look at the text around it."""
    ending = re.compile(f"{full.pattern}(?={re.escape(text[end:])}\\Z)")
    return ending.match(text, start) is not None and any(
        match.end() == end for match in [ending.match(text, start)] if match is not None
    )


def test_a_pattern_made_to_backtrack_takes_steps_in_proportion_to_the_text() -> None:
    hostile = own_pattern(r"(a+)+(a|aa)*(a*)*b")
    assert list(hostile.places("a" * 20_000)) == []
    assert list(own_pattern(string.ascii_lowercase).places("abc" * 20_000)) == []
