"""Lines and tokens carried from an earlier text to the current one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.overlay.laying import place_of, spot
from tracegloss.history.line_map import LineMap, line_map
from tracegloss.text import LineIndex, range_of

HEAD = "import mlflow\n\n"
ANSWER = """\
@mlflow.trace
def answer(question):
    docs = retrieve(question)
    raise ValueError("no")
"""
OLD = f"{HEAD}{ANSWER}\ndef other():\n    return 1\n"


def mapped(old: str, new: str) -> LineMap:
    return line_map(LineIndex.of(old.encode()), LineIndex.of(new.encode()))


EDITS = {
    "nothing": (OLD, "4: answer"),
    "line above": ("# new\n" + OLD, "5: answer"),
    "lines removed above": (OLD.replace("import mlflow\n\n", ""), "2: answer"),
    "parameter added": (OLD.replace("question)", "question, limit=3)", 1), "4: answer"),
    "made async": (OLD.replace("def answer", "async def answer"), "4: answer"),
    "moved below the other": (f"{HEAD}def other():\n    return 1\n\n{ANSWER}", "7: answer"),
    "renamed": (OLD.replace("def answer", "def reply"), "nowhere"),
    "a word that holds it": (OLD.replace("def answer", "def answers"), "nowhere"),
    "removed": ("import mlflow\n", "nowhere"),
    "all of it": ("", "nowhere"),
}  # fmt: skip


@pytest.mark.parametrize("new, where", EDITS.values(), ids=EDITS)
def test_a_token_follows_the_edit_or_is_gone(new: str, where: str) -> None:
    token = place_of(OLD, "def answer", token="answer").range
    assert spot(new, mapped(OLD, new).token(token)) == where


@pytest.mark.parametrize(
    "old, new, keeps",
    [
        ("return 1", "return 2", True),
        ("docs =", "found =", False),
        ("    raise", "\n    raise", False),
        ("import mlflow", "import mlflow\nimport os", True),
    ],
)
def test_a_function_keeps_its_lines_when_only_others_change(
    old: str, new: str, keeps: bool
) -> None:
    lines = mapped(OLD, OLD.replace(old, new))
    assert lines.keeps(range_of(2, 0, 5, 26)) is keeps


def test_the_nearest_of_equal_words_with_the_same_beginning_wins() -> None:
    old = "x = run(1)\ny = 1\n"
    new = "z = run(0)\nx = run(1, 2)\n"
    assert spot(new, mapped(old, new).token(range_of(0, 4, 0, 7))) == "2: run"


LINES = st.lists(st.sampled_from(["a", "b", "c", "", "def f():"]), max_size=12)


@given(LINES, LINES)
def test_a_line_that_is_carried_over_is_the_same_line(old: list[str], new: list[str]) -> None:
    lines = mapped("\n".join(old), "\n".join(new))
    carried = [(number, lines.line(number)) for number in range(len(old))]
    found = [(number, now) for number, now in carried if now is not None]
    assert [lines.old.line_bytes(n) for n, _ in found] == [
        lines.new.line_bytes(n) for _, n in found
    ]
    assert sorted(now for _, now in found) == [now for _, now in found]


@given(LINES, LINES, st.integers(0, 11), st.integers(0, 11))
def test_ranges_stay_within_the_text(old: list[str], new: list[str], one: int, two: int) -> None:
    lines = mapped("\n".join(old), "\n".join(new))
    extent = lines.extent(range_of(min(one, two), 0, max(one, two), 0))
    assert 0 <= extent.start.line <= extent.end.line
    assert extent.start.line < max(1, lines.new.n_lines + 12)


@given(LINES, LINES, LINES)
def test_what_surrounds_an_insertion_stays(
    before: list[str], new: list[str], after: list[str]
) -> None:
    old = [*before, "MARK", *after]
    lines = mapped("\n".join(old), "\n".join([*before, *new, "MARK", *after]))
    assert lines.line(len(before)) == len(before) + len(new)
