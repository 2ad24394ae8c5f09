"""Recorded values against the shapes that source gives them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracegloss.correlate.shapes import CANNOT, TELLING, fit
from tracegloss.model.outcome import Fields, Just, Row, Shape, Untold, Worded
from tracegloss.recorded import JsonValue

ANY = Untold()
KINDS = Fields((("kind", Just("hotel")), ("of", ANY)), more=False)


@pytest.mark.parametrize(
    "shape, value, word",
    [
        (ANY, "anything", "open"),
        (Just("never"), "never", "fits"),
        (Just("never"), "ever", "differs"),
        (Just("no"), "no", "open"),
        (Just(2), 2.0, "open"),
        (Just(2), "2", "differs"),
        (Just(True), 1, "differs"),
        (Just(True), True, "open"),
        (Worded(("echo: ", "")), "echo: a", "fits"),
        (Worded(("echo: ", "")), "an echo: a", "differs"),
        (Worded(("", "ab", "b")), "xabb", "fits"),
        (Worded(("", "ab", "b")), "xab", "differs"),
        (Worded(("a", "a")), "a", "differs"),
        (Worded(("H", "")), "HLIS", "open"),
        (Worded(("echo: ", "")), ["echo: a"], "differs"),
        (KINDS, {"kind": "hotel", "of": 1}, "fits"),
        (KINDS, {"kind": "flight", "of": 1}, "differs"),
        (KINDS, {"kind": "hotel"}, "differs"),
        (KINDS, {"kind": "hotel", "of": 1, "by": 2}, "differs"),
        (KINDS, "{'kind': 'flight'}", "open"),
        (Fields((("kind", Just("hotel")),), more=True), {"kind": "hotel", "by": 2}, "fits"),
        (Fields((("kind", Just("a1")),), more=True, sure=False), {"kind": "hotel"}, "open"),
        (Fields((("id", ANY), ("of", ANY)), more=False), {"id": 7, "of": 1}, "open"),
        (Row((Just("hotel"), ANY)), ["hotel", 1], "fits"),
        (Row((Just("hotel"), ANY)), ["flight", 1], "differs"),
        (Row((Just("hotel"), Just("b"))), ["b", "hotel"], "open"),
        (Row((Just("hotel"),)), ["hotel", "hotel"], "differs"),
        (Row((Just("hotel"), Just("hotel"))), ["hotel"], "open"),
    ],
)
def test_fit(shape: Shape, value: JsonValue, word: str) -> None:
    points = fit(shape, value)
    said = "differs" if points == CANNOT else "fits" if points >= TELLING else "open"
    assert said == word


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip


def literal(value: JsonValue) -> Shape:
    """Write a value as the shape of the display that spells it out."""
    if isinstance(value, dict):
        return Fields(tuple((key, literal(each)) for key, each in value.items()), more=False)
    if isinstance(value, list):
        return Row(tuple(map(literal, value)))
    assert value is None or isinstance(value, bool | int | str)
    return Just(value)


@given(values)
def test_what_a_display_spells_out_is_never_ruled_out(value: JsonValue) -> None:
    assert fit(literal(value), value) >= 0


def may_stand_for(other: JsonValue, value: JsonValue) -> bool:
    """Tell whether one value may be how MLflow wrote another: a display as text, a set shorter."""
    if isinstance(value, dict | list) and isinstance(other, str):
        return True
    if isinstance(value, dict) and isinstance(other, dict):
        return value.keys() == other.keys() and all(
            may_stand_for(other[key], each) for key, each in value.items()
        )
    if isinstance(value, list) and isinstance(other, list):
        return len(other) < len(value) or (
            len(other) == len(value)
            and all(any(may_stand_for(found, each) for found in other) for each in value)
        )
    return json.dumps(value) == json.dumps(other)


@given(values, values)
def test_a_shape_rules_out_what_it_does_not_spell(value: JsonValue, other: JsonValue) -> None:
    if fit(literal(value), other) >= 0:
        assert may_stand_for(other, value)


@given(values, st.text(max_size=6))
def test_words_that_differ_are_ruled_out_at_any_depth(value: JsonValue, word: str) -> None:
    spelled: JsonValue = {"word": "another" + word, "of": value}
    assert fit(literal([spelled]), [{"word": word, "of": value}]) == CANNOT


@given(st.lists(st.text(max_size=3), min_size=2, max_size=4), st.text(max_size=3))
def test_text_with_holes_fits_what_fills_them(pieces: list[str], filling: str) -> None:
    assert fit(Worded(tuple(pieces)), filling.join(pieces)) >= 0
