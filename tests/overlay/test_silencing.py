"""Comments that silence a rule: where they count, in the report and in the open text."""

from __future__ import annotations

import pytest

from tests.overlay.laying import call, document, key, laid, raised, stated
from tracegloss.overlay.overlay import lay_over
from tracegloss.overlay.silencing import silenced

COMMENT = "# tracegloss: ignore"
SOURCE = """\
#1
#2
@mlflow.trace  #3
@cached  #4
def answer():  #5
    x = 1  #6
    #7
    raise ValueError()  #8
"""


def source(number: int, comment: str) -> str:
    """Put a comment in place of one number, and nothing in place of the others."""
    rows = SOURCE.replace(f"#{number}", comment)
    for other in range(1, 9):
        rows = rows.replace(f"  #{other}", "").replace(f"#{other}", "#")
    return rows


@pytest.mark.parametrize(
    "number, comment, on_name, on_raise",
    [
        (1, f"{COMMENT}[slow-span]", True, False),
        (2, f"{COMMENT}[slow-span]", True, False),
        (3, f"{COMMENT}[slow-span]", True, False),
        (4, f"{COMMENT}[error-raised, slow-span]", True, False),
        (5, f"{COMMENT}[slow-span]", True, False),
        (5, f"{COMMENT}[error-raised]", False, False),
        (6, COMMENT, False, False),
        (7, f"{COMMENT}[error-raised]", False, True),
        (8, f"{COMMENT}[error-raised]", False, True),
        (8, COMMENT, False, True),
        (8, "#tracegloss:ignore[error-raised]", False, True),
        (8, "# tracegloss: ignore[]", False, False),
        (8, "# ignore[error-raised]", False, False),
    ],
)
def test_where_a_comment_counts(number: int, comment: str, on_name: bool, on_raise: bool) -> None:
    text = source(number, comment)
    slow = stated(text, "answer", "slow-span", "slow")
    trace = laid(
        text, call(text, "answer"), findings=(slow, raised(text, "answer", "raise ValueError"))
    )
    marked = silenced(trace.examination, trace.texts).findings
    assert [found.suppressed == "comment" for found in marked] == [on_name, on_raise]
    assert len(lay_over([trace]).files[key()].ended) == on_name + on_raise


def test_an_editor_shows_again_what_the_open_text_silences_no_more() -> None:
    text = source(8, COMMENT)
    trace = laid(text, call(text, "answer"), findings=(raised(text, "answer", "raise ValueError"),))
    examination = silenced(trace.examination, trace.texts)
    assert examination.findings[0].suppressed == "comment"
    held = laid(text, call(text, "answer"), findings=examination.findings)
    opened = text.replace(f"  {COMMENT}", "")
    assert [n.ended for n in lay_over([held]).files[key()].ended] == ["ignored"]
    assert lay_over([held], {key(): document(opened)}).files[key()].findings
