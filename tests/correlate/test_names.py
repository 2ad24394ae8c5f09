"""Names, patterns with holes, and the numbered series of older clients."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracegloss.correlate.names import fits, matching_patterns, numbered_series, site_names
from tracegloss.model.site import NamePattern, Place, Site
from tracegloss.text import range_of

letters = st.text("ab_", max_size=4)


@given(st.lists(letters, min_size=1, max_size=4).map(tuple), st.text("ab_", max_size=10))
def test_a_pattern_fits_what_the_regular_expression_fits(
    pieces: tuple[str, ...], name: str
) -> None:
    expected = re.fullmatch(".*".join(map(re.escape, pieces)), name) is not None
    assert fits(pieces, name) == expected


@given(st.lists(st.lists(letters, min_size=2, max_size=3).map(tuple), max_size=5), letters)
def test_the_lookup_finds_every_pattern_that_fits(
    patterns: list[tuple[str, ...]], name: str
) -> None:
    at = Place("a.py", range_of(0, 0, 0, 1))
    sites = [Site("context", at, at.range, (NamePattern(p),), None, None) for p in patterns]
    tells = {n for n, p in enumerate(patterns) if "".join(p).strip("_")}
    expected = {n for n in tells if name and fits(patterns[n], name)}
    assert set(matching_patterns(site_names(sites), name)) == expected


@pytest.mark.parametrize(
    "names,expected",
    [
        (["red_1", "red_2", "blue"], {"red_1": "red", "red_2": "red"}),
        (["red_1"], {}),
        (["red_2", "red_3"], {}),
        (["red", "red_1", "red_2"], {}),
        (["a_1_1", "a_1_2"], {"a_1_1": "a_1", "a_1_2": "a_1"}),
        (["v_01", "v_02"], {}),
    ],
)
def test_series(names: list[str], expected: dict[str, str]) -> None:
    assert numbered_series(names) == expected
