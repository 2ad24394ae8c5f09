"""Positions convert between bytes, code points and UTF-16 without losing their place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracegloss.text import LineIndex, Position, range_of

LINES = st.lists(
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12),
    min_size=1,
    max_size=6,
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@given(LINES, ENDS)
def test_every_position_survives_the_way_to_bytes_and_back(lines: list[str], end: str) -> None:
    index = LineIndex.of(end.join(lines).encode())
    assert index.n_lines == len(lines)
    for number, line in enumerate(lines):
        for column in range(len(line) + 1):
            position = Position(number, column)
            assert index.position_at(index.offset_of(position)) == position


@given(LINES)
def test_every_position_survives_the_way_to_utf16_and_back(lines: list[str]) -> None:
    index = LineIndex.of("\n".join(lines).encode())
    for number, line in enumerate(lines):
        for column in range(len(line) + 1):
            units = index.utf16_column(Position(number, column))
            assert units == len(line[:column].encode("utf-16-le")) // 2
            assert index.position_from_utf16(number, units) == Position(number, column)


@pytest.mark.parametrize(
    "source, offset, position",
    [
        pytest.param(b"a\nb", 2, Position(1, 0), id="second line"),
        pytest.param("é=1".encode(), 2, Position(0, 1), id="two bytes, one code point"),
        pytest.param(b"a\n", 2, Position(1, 0), id="after the last line end"),
        pytest.param(b"a", 99, Position(0, 1), id="past the end"),
        pytest.param(b"\xff\xfea", 3, Position(0, 1), id="undecodable bytes"),
    ],
)
def test_offsets(source: bytes, offset: int, position: Position) -> None:
    assert LineIndex.of(source).position_at(offset) == position


def test_half_a_surrogate_pair_means_its_start() -> None:
    assert LineIndex.of("🙂x".encode()).position_from_utf16(0, 1) == Position(0, 0)


def test_ranges_know_what_they_cover() -> None:
    outer, inner = range_of(1, 0, 5, 0), range_of(2, 4, 2, 9)
    assert outer.covers(inner)
    assert not inner.covers(outer)
    assert Position(5, 0) in outer
