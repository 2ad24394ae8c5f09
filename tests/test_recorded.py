"""Recorded text stays closed until redaction or reasoning opens it."""

from __future__ import annotations

import pytest

from tracegloss.recorded import Phrase, Recorded, phrase
from tracegloss.reveal import reveal

SECRET = Recorded("sk-secret")


@pytest.mark.parametrize("show", [str, "{}".format, lambda r: f"{r}", lambda r: f"{r:>9}"])
def test_showing_recorded_text_by_accident_raises(show: object) -> None:
    assert callable(show)
    with pytest.raises(TypeError, match="redaction"):
        show(SECRET)


def test_its_representation_tells_the_type_alone() -> None:
    assert repr(SECRET) == "Recorded(str)"
    assert "sk-secret" not in repr(phrase("{x}", x=SECRET))


def test_reveal_opens_it() -> None:
    assert reveal(SECRET) == "sk-secret"


def test_a_phrase_keeps_each_recorded_piece_closed() -> None:
    inner = phrase("called by {name}", name=SECRET)
    assert phrase("{a}: {b} ({n})", a="run", b=inner, n=3) == Phrase(
        ("run", ": ", "called by ", SECRET, " (", "3", ")")
    )
