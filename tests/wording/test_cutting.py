"""Cutting, wrapping and making text printable."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracegloss.wording.columns import cells, pad, pad_left, wrap
from tracegloss.wording.cutting import cut, cut_bytes, cut_name, cut_quoted
from tracegloss.wording.printable import block, json_safe, one_line

ANY = st.text(st.characters(blacklist_categories=[]), max_size=60)


@pytest.mark.parametrize(
    "text, room, shown",
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("a long text that goes on", 15, "a long te … +15"),
        ("漢字漢字漢字漢字", 10, "漢字 … +6"),
    ],
)
def test_cut_says_how_much_is_missing(text: str, room: int, shown: str) -> None:
    assert cut(text, room) == shown


@given(ANY.map(one_line), st.integers(12, 70))
def test_cut_fits_and_counts(text: str, room: int) -> None:
    shown = cut(text, room)
    assert cells(shown) <= room
    if shown != text:
        kept, _, missing = shown.rpartition(" … +")
        assert text.startswith(kept)
        assert len(kept) <= len(text) - int(missing)


@pytest.mark.parametrize(
    "text, room, shown",
    [
        ('say "hi"\n', 20, r'"say \"hi\"\n"'),
        ("tab\tand \x1b", 30, r'"tab\tand \u001b"'),
        ("\u202e", 30, r'"\u202e"'),
        ("How long does shipping take?\nOrders arrive", 30, '"How long does shipping … +19'),
        ("\n" * 40, 20, r'"\n\n\n\n\n\n … +34'),
    ],
)
def test_quoted_text_is_one_line_and_escaped_as_in_json(text: str, room: int, shown: str) -> None:
    assert cut_quoted(text, room) == shown


@given(ANY, st.integers(12, 70))
def test_quoted_text_fits(text: str, room: int) -> None:
    shown = cut_quoted(text, room)
    assert cells(shown) <= room
    assert shown == one_line(shown)


@given(ANY.map(one_line), st.integers(4, 40))
def test_a_name_is_shortened_in_its_middle(name: str, room: int) -> None:
    shown = cut_name(name, room)
    assert cells(shown) <= room
    head, _, tail = shown.partition("…")
    assert shown == name or (name.startswith(head) and name.endswith(tail))


@given(ANY, st.integers(0, 80))
def test_bytes_are_cut_between_characters(text: str, limit: int) -> None:
    kept = cut_bytes(text, limit)
    assert len(kept.encode("utf-8", "replace")) <= limit or len(text) * 4 <= limit
    assert (
        text.encode("utf-8", "replace")
        .decode()
        .startswith(kept.encode("utf-8", "replace").decode())
    )


@given(st.lists(st.text("abc/", min_size=1, max_size=30), min_size=1), st.integers(5, 40))
def test_wrapping_keeps_every_word_whole(words: list[str], width: int) -> None:
    lines = wrap(" ".join(words), width)
    assert " ".join(lines).split(" ") == words
    assert all(cells(line) <= width or " " not in line for line in lines)


@pytest.mark.parametrize(
    "text, width, columns",
    [("ab", 4, 2), ("漢", 4, 2), ("e\u0301", 4, 1), ("👨\u200d👩", 6, 4)],
)
def test_columns_are_those_of_a_terminal(text: str, width: int, columns: int) -> None:
    assert cells(text) == columns
    assert pad(text, width) == text + " " * (width - columns)
    assert pad_left(text, width) == " " * (width - columns) + text


@pytest.mark.parametrize(
    "text, line, lines",
    [
        ("plain é 漢 👩\u200d💻", "plain é 漢 👩\u200d💻", "plain é 漢 👩\u200d💻"),
        ("a\nb\r\nc\td", r"a\nb\r\nc\td", "a\nb\nc    d"),
        ("\x1b[2J\x9b", r"\x1b[2J\x9b", r"\x1b[2J\x9b"),
        ("\u202e\u2066\u200b\ufeff", r"\u202e\u2066\u200b\ufeff", r"\u202e\u2066\u200b\ufeff"),
        ("\U000e0041\ud800", r"\U000e0041\ud800", r"\U000e0041\ud800"),
    ],
)
def test_what_could_act_is_made_visible(text: str, line: str, lines: str) -> None:
    assert one_line(text) == line
    assert block(text) == lines


@given(ANY)
def test_json_escapes_lose_nothing(text: str) -> None:
    document = json_safe(json.dumps({"a": text}, ensure_ascii=False))
    assert json.loads(document) == {"a": text}
    document.encode("utf-8")
