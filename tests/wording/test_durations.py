"""Times and counts in words."""

from __future__ import annotations

import pytest

from tracegloss.report.counting import count, listing, some
from tracegloss.wording.durations import duration, milliseconds, moment, timestamp


@pytest.mark.parametrize(
    "nanoseconds, words",
    [
        (0, "0.0 ms"),
        (300_000, "0.3 ms"),
        (9_949_999, "9.9 ms"),
        (9_950_000, "10 ms"),
        (12_000_000, "12 ms"),
        (999_400_000, "999 ms"),
        (999_500_000, "1.00 s"),
        (1_240_000_000, "1.24 s"),
        (59_994_000_000, "59.99 s"),
        (59_995_000_000, "1 m 00 s"),
        (125_000_000_000, "2 m 05 s"),
        (11_220_000_000_000, "3 h 07 m"),
    ],
)
def test_durations_have_two_or_three_figures(nanoseconds: int, words: str) -> None:
    assert duration(nanoseconds) == words


def test_numbers_and_moments() -> None:
    assert milliseconds(18_588_999) == 18.589
    assert moment(1_795_419_911_123_456_789) == "2026-11-23 07:45:11 UTC"
    assert timestamp(1_795_419_911_123_456_789) == "2026-11-23T07:45:11.123Z"


@pytest.mark.parametrize("epoch_ns", [-1, 10**30])
def test_moments_out_of_range_are_bounded(epoch_ns: int) -> None:
    assert timestamp(epoch_ns) in {"1970-01-01T00:00:00.000Z", "9999-12-31T23:59:59.000Z"}


def test_counts_and_lists() -> None:
    assert [count(1, "span"), count(1240, "more span"), count(2, "equal copy")] == [
        "1 span",
        "1,240 more spans",
        "2 equal copies",
    ]
    assert [listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"])] == [
        "a",
        "a and b",
        "a, b and c",
    ]
    assert some(["a", "b", "c"], 2) == "a, b, … 1 more"
