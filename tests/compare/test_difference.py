"""What differs between two runs of a span, and which members of their values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.builder import S, on_code
from tracegloss.compare.difference import difference
from tracegloss.compare.values import ABSENT, MOST_CHANGES, value_changes
from tracegloss.compare.volatile import steady

UUID = "3f2b8c1e-0000-4000-8000-00000000000{}"
RUNS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "alike": ({"inputs": {"a": 1}}, {"inputs": {"a": 1}}, "alike"),
    "input": ({"inputs": {"a": 1}}, {"inputs": {"a": 2}}, "inputs alike"),
    "an input that was not recorded": ({}, {"inputs": {"a": 2}}, "inputs alike"),
    "output": ({"outputs": "x"}, {"outputs": "y"}, "outputs alike diverged"),
    "output of another input": (
        {"inputs": 1, "outputs": "x"},
        {"inputs": 2, "outputs": "y"},
        "inputs outputs alike",
    ),
    "an error now": ({}, {"error": True}, "fails alike diverged"),
    "an error before": ({"error": True}, {}, "passes alike diverged"),
    "twice as long": ({"ms": 20.0}, {"ms": 45.0}, "slower"),
    "half as long": ({"ms": 45.0}, {"ms": 20.0}, "faster"),
    "longer by little": ({"ms": 100.0}, {"ms": 120.0}, "alike"),
    "twice of nearly nothing": ({"ms": 1.0}, {"ms": 4.0}, "alike"),
    "not ended": ({"ms": None}, {"ms": 400.0}, "alike"),
    "tokens": ({"tokens": (3, 4)}, {"tokens": (3, 5)}, "tokens alike"),
    "the address of an object": (
        {"outputs": "<f at 0x7f90621c1300>"},
        {"outputs": "<f at 0x7f31e4ad9440>"},
        "alike",
    ),
    "ids made anew": (
        {"outputs": {"id": "chatcmpl-A1b2C3d4E5f6G7", "created": 17, "run": UUID.format(1)}},
        {"outputs": {"id": "chatcmpl-Z9y8X7w6V5u4T3", "created": 18, "run": UUID.format(2)}},
        "alike",
    ),
    "an id of one's own": (
        {"outputs": {"order": "A-1001"}},
        {"outputs": {"order": "A-1002"}},
        "outputs alike diverged",
    ),
}


@pytest.mark.parametrize("case", RUNS)
def test_difference(case: str) -> None:
    before, after, expected = RUNS[case]
    old, new = (on_code(S("f", "x:1", id="s1", **run)).trace.spans[0] for run in (before, after))
    found = difference(old, new)
    told = [*found.changes, found.pace, *(["diverged"] if found.is_divergence else [])]
    assert " ".join(told) == expected


VALUES: dict[str, tuple[Any, Any, list[tuple[Any, ...]]]] = {
    "equal": ({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}, []),
    "a member": ({"a": 1, "b": 2}, {"a": 1, "b": 3}, [("b", 2, 3)]),
    "deeper": ({"a": [{"b": "x"}]}, {"a": [{"b": "y"}]}, [("a", 0, "b", "x", "y")]),
    "a new member": ({}, {"a": 1}, [("a", ABSENT, 1)]),
    "a member less": ({"a": 1, "b": 1}, {"b": 1}, [("a", 1, ABSENT)]),
    "a longer list": ([1], [1, 2], [(1, ABSENT, 2)]),
    "another kind": ({"a": [1]}, {"a": {"b": 1}}, [("a", [1], {"b": 1})]),
    "truth and number": ([True], [1], [(0, True, 1)]),
    "not recorded": (ABSENT, "x", [(ABSENT, "x")]),
    "made anew": ({"at": "<f at 0x7f90621c1300>"}, {"at": "<f at 0x7f31e4ad9440>"}, []),
}


@pytest.mark.parametrize("case", VALUES)
def test_value_changes(case: str) -> None:
    before, after, expected = VALUES[case]
    found = value_changes(before, after)
    assert [(*change.path, change.before, change.after) for change in found] == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


@given(JSON, JSON)
def test_a_value_differs_from_no_other_but_itself(before: Any, after: Any) -> None:
    assert value_changes(before, before) == []
    if steady(before) != steady(after):
        assert value_changes(before, after)


def test_very_many_changes_end() -> None:
    assert len(value_changes([0] * 5_000, [1] * 5_000)) == MOST_CHANGES


def test_deep_values_end() -> None:
    before: Any = 0
    after: Any = 1
    for _ in range(900):
        before, after = [before], [after]
    (change,) = value_changes(before, after)
    assert len(change.path) == 12
