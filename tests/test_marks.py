"""The caret marks that other tests are written in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.marks import KINDS, Mark, MarkError, check_marks, compare_marks, read_marks, write_marks

MARKED = """\
@mlflow.trace
#^^^^^^^^^^^^ site: decorator
def answer(question: str) -> str:
#   ^^^^^^ finding: slow-span
#   ^^^^^^ span: answer by=name
    docs = retrieve(question)
    #      ^^^^^^^^ !span
    return summarize(docs, rank(docs))
    #                      ^^^^ span?: rank
    @trace
  # ^^^^^^ hint
main()
# <- span: main
"""

CLEAN = """\
@mlflow.trace
def answer(question: str) -> str:
    docs = retrieve(question)
    return summarize(docs, rank(docs))
    @trace
main()
"""

MARKS = (
    Mark(0, 1, 13, "site", "decorator"),
    Mark(1, 4, 10, "finding", "slow-span"),
    Mark(1, 4, 10, "span", "answer by=name"),
    Mark(2, 11, 19, "!span"),
    Mark(3, 27, 31, "span?", "rank"),
    Mark(4, 4, 10, "hint"),
    Mark(5, 0, 1, "span", "main"),
)


def test_reading_takes_the_marks_out_of_the_source() -> None:
    marked = read_marks(MARKED)
    assert marked.text == CLEAN
    assert marked.marks == MARKS


def test_writing_puts_them_back() -> None:
    assert write_marks(CLEAN, reversed(MARKS)) == MARKED


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("call()\n# <- spam: call\n", id="unknown kind"),
        pytest.param("call()\n# ^^ see above\n", id="comment that looks like a mark"),
        pytest.param("call()\n# <-\n", id="no kind"),
        pytest.param("# <- span: call\ncall()\n", id="no row above"),
        pytest.param("call()\n# ^^^^^^ span: call\n", id="past the end of the row"),
    ],
)
def test_a_mark_that_says_nothing_is_an_error(source: str) -> None:
    with pytest.raises(MarkError):
        read_marks(source)


def test_ordinary_comments_stay() -> None:
    source = "call()  # ^ span: not a row of its own\n# 2 ^ 3 <- not a mark\n"
    assert read_marks(source).text == source


@pytest.mark.parametrize(
    "actual",
    [
        pytest.param([], id="missing"),
        pytest.param([Mark(0, 4, 5, "span", "f"), Mark(1, 4, 8, "span", "pass")], id="surplus"),
        pytest.param([Mark(0, 4, 5, "span", "g")], id="other text"),
        pytest.param([Mark(0, 4, 6, "span", "f")], id="other range"),
    ],
)
def test_every_difference_fails(tmp_path: Path, actual: list[Mark]) -> None:
    path = tmp_path / "marked.py"
    path.write_text("def f():\n#   ^ span: f\n    pass\n", encoding="utf-8")
    with pytest.raises(AssertionError):
        check_marks(path, actual, ["span"], update=False)
    check_marks(path, actual, ["span"], update=True)
    check_marks(path, actual, ["span"], update=False)


def test_marks_of_other_kinds_are_left_alone() -> None:
    source = "f()\n# <- finding: slow-span\n# <- site: f\n"
    expected, came_out = compare_marks(source, [Mark(0, 0, 1, "site", "f")], ["site"])
    assert came_out == expected


def test_a_span_where_none_may_be_takes_the_place_of_the_mark() -> None:
    source = "x = f()\n#   ^ !span\n"
    _, came_out = compare_marks(source, [Mark(0, 4, 5, "span", "f")], ["span"])
    assert came_out == "x = f()\n#   ^ span: f\n"


def test_a_span_elsewhere_leaves_it() -> None:
    expected, came_out = compare_marks("x = f()\n#   ^ !span\n", [], ["span"])
    assert came_out == expected


_ROWS = st.lists(
    st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="#")), min_size=1
)
_WORDS = st.lists(
    st.text(st.characters(whitelist_categories=["L", "N", "P", "S"]), min_size=1), max_size=3
).map(" ".join)


@st.composite
def _marked(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    rows = draw(_ROWS)
    marks = []
    for line in draw(st.lists(st.integers(0, len(rows) - 1), max_size=6)):
        start = draw(st.integers(0, max(len(rows[line]) - 1, 0)))
        end = draw(st.integers(start + 1, len(rows[line]))) if start else 1
        marks.append(Mark(line, start, end, draw(st.sampled_from(KINDS)), draw(_WORDS)))
    return "\n".join(rows), marks


@given(_marked())
def test_what_was_written_reads_back(marked: tuple[str, list[Mark]]) -> None:
    text, marks = marked
    read = read_marks(write_marks(text, marks))
    assert read.text == text
    assert list(read.marks) == sorted(set(marks))


@given(_marked())
def test_writing_what_was_read_changes_nothing(marked: tuple[str, list[Mark]]) -> None:
    source = write_marks(*marked)
    read = read_marks(source)
    assert write_marks(read.text, read.marks) == source
