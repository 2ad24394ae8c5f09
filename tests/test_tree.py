"""The span tree: order, orphans, cut cycles, self times and the critical path."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.spans import trace_of
from tracegloss.tree import critical_path, self_times, span_tree


def test_order_is_depth_first_and_orphans_come_last() -> None:
    tree = span_tree(
        trace_of("root 0-90", "  a 10-20", "    b 12-13", "  c 30-40", "lost 5-6 parent=gone")
    )
    assert tree.order == ("root", "a", "b", "c", "lost")
    assert tree.orphans == ("lost",)
    assert [tree.depths[span] for span in tree.order] == [0, 1, 2, 1, 0]
    assert list(tree.ancestors("b")) == ["a", "root"]
    assert list(tree.descendants("root")) == ["a", "b", "c"]


def test_a_cycle_is_cut_at_its_earliest_span() -> None:
    tree = span_tree(trace_of("a 3-9 parent=c", "b 2-9 parent=a", "c 4-9 parent=b"))
    assert tree.cut_cycles == ("b",)
    assert tree.order == ("b", "c", "a")


@pytest.mark.parametrize(
    "spans, expected",
    [
        pytest.param(["r 0-10", "  a 2-4", "  b 6-7"], {"r": 7, "a": 2, "b": 1}, id="apart"),
        pytest.param(["r 0-10", "  a 2-6", "  b 4-8"], {"r": 4, "a": 4, "b": 4}, id="overlap"),
        pytest.param(["r 0-10", "  a 8-15"], {"r": 8, "a": 7}, id="child outlives its parent"),
        pytest.param(["r 0-10", "  a 4-?"], {"r": 4, "a": None}, id="child never ended"),
    ],
)
def test_self_times(spans: list[str], expected: dict[str, int | None]) -> None:
    assert self_times(span_tree(trace_of(*spans))) == expected


@pytest.mark.parametrize(
    "spans, expected",
    [
        pytest.param(["r 0-10", "  a 1-4", "  b 5-9"], {"r", "a", "b"}, id="one after another"),
        pytest.param(["r 0-10", "  a 1-4", "  b 1-9"], {"r", "b"}, id="the longer of two at once"),
        pytest.param(["r 0-10", "  a 1-9", "    c 2-3"], {"r", "a", "c"}, id="goes down"),
    ],
)
def test_critical_path(spans: list[str], expected: set[str]) -> None:
    assert critical_path(span_tree(trace_of(*spans))) == expected


@given(st.lists(st.integers(min_value=-1, max_value=11), min_size=1, max_size=12))
def test_whatever_the_parents_say_every_span_stands_in_the_order_once(parents: list[int]) -> None:
    lines = [
        f"s{i} {i}-{i + 5}" + (f" parent=s{parent}" if parent >= 0 else "")
        for i, parent in enumerate(parents)
    ]
    tree = span_tree(trace_of(*lines))
    assert sorted(tree.order) == sorted(f"s{i}" for i in range(len(parents)))
    assert len(tree.roots) + len(tree.orphans) + len(tree.parents) == len(parents)
