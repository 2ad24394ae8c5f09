"""Whatever somebody types, every feature answers, and inside the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.ide.margin import WHOLE
from tests.overlay.laying import call, functions_of, key, laid, place_of, raised
from tracegloss.ide.code_actions import code_actions
from tracegloss.ide.code_lens import code_lenses
from tracegloss.ide.definition import definition
from tracegloss.ide.diagnostics import diagnostics
from tracegloss.ide.hover import hover
from tracegloss.ide.inlay_hints import inlay_hints
from tracegloss.ide.workspace_symbols import workspace_symbols
from tracegloss.snapshot import Document, Mode, snapshot_of
from tracegloss.text import LineIndex, Position, TextRange

SOURCE = """\
import mlflow

@mlflow.trace
def answer(question):
    docs = search(question)
    raise ValueError("no 😀")

class Shop:
    @staticmethod
    @mlflow.trace
    def search(question):
        return []
"""
TRACES = [
    laid(
        SOURCE,
        call(SOURCE, "answer", 0, 9.0,
             call(SOURCE, "Shop.search", 1, 2.0, inputs={"question": "x"}, outputs=[],
                  called_from=place_of(SOURCE, "search(question)", token="search"))),
        trace=f"tr-{minute}", minute=minute, findings=(raised(SOURCE, "answer", "raise"),),
    )
    for minute in (2, 1)
]  # fmt: skip
PIECES = st.sampled_from(
    ["\n", "\r\n", "😀", "def ", "answer", "raise", '"""', "(", "\t", "# tracegloss: ignore\n", " "]
)
EDITS = st.lists(
    st.tuples(st.integers(0, len(SOURCE)), st.integers(0, 40), PIECES | st.text(max_size=5)),
    max_size=4,
)


def typed(edits: list[tuple[int, int, str]]) -> str:
    text = SOURCE
    for start, removed, added in edits:
        text = text[:start] + added + text[start + removed :]
    return text


def is_inside(text: LineIndex, at: TextRange) -> bool:
    return all(
        0 <= position.line < max(1, text.n_lines)
        and 0 <= position.column <= len(text.line_text(position.line))
        for position in (at.start, at.end)
    )


@given(EDITS, st.sampled_from(["inlay", "lens"]))
def test_every_feature_answers_inside_the_text(
    edits: list[tuple[int, int, str]], mode: Mode
) -> None:
    text = LineIndex.of(typed(edits).encode("utf-8", "replace"))
    document = Document(key(), text, 1, functions_of(SOURCE))
    snapshot = snapshot_of((), TRACES, [document], mode=mode)
    ranges = [each.range for each in diagnostics(snapshot, key())]
    ranges += [each.range for each in code_lenses(snapshot, key())]
    ranges += [TextRange(each.at, each.at) for each in inlay_hints(snapshot, key(), WHOLE)]
    ranges += [each.place.range for each in workspace_symbols(snapshot, "")]
    assert all(is_inside(text, at) for at in ranges)
    for position in places_of(text):
        found = hover(snapshot, key(), position)
        assert found is None or is_inside(text, found.range)
        for action in code_actions(snapshot, key(), position):
            for file in action.edits:
                assert file.creates or all(is_inside(text, e.range) for e in file.edits)
        definition(snapshot, text, position, is_json=True)


def places_of(text: LineIndex) -> list[Position]:
    lines = range(min(text.n_lines, 20))
    return [Position(line, column) for line in lines for column in (0, 4, 8, 80)]
