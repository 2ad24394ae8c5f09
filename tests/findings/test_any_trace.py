"""Whatever a trace holds, examining it ends with a verdict, and shows no planted secret."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.findings.builder import Raised, Spec, Surroundings, examined, expectation, feedback, said
from tracegloss.model.finding import Examination
from tracegloss.recorded import JsonValue
from tracegloss.redaction import Redactor

SECRET = "sk-abcdefghijklmnop1234"
NAMES = st.sampled_from(("run", "find", "llm", SECRET, "a\nb", "\x1b[31m", ""))
WORDS = st.sampled_from(
    ("refund policy", SECRET, "", "no", "length", "x" * 40, '{"a": [1]}', "tool_use")
)
KEYS = st.sampled_from(
    """documents node tool_calls function name arguments type refusal text finish_reason
    page_content metadata doc_uri score question content""".split()  # noqa: SIM905
)
JSON: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
FRAMES = st.lists(
    st.sampled_from(("a.py:1 run", "b.py:2 find", "site-packages/x/y.py:3 z")), max_size=3
)
RAISED = st.builds(
    Raised,
    st.sampled_from((f"E: {SECRET}", "OSError: 1", "OSError: 2", "StopIteration: ")),
    FRAMES.map(tuple),
)


@st.composite
def specs(draw: st.DrawFn) -> list[Spec]:
    """A few spans with any parents: missing ones, themselves, each other."""
    n = draw(st.integers(0, 5))
    parents = st.none() | st.integers(0, n).map(lambda number: f"s{number}")
    return [
        Spec(
            draw(NAMES),
            draw(st.integers(0, 9)) * 1000,
            draw(st.none() | st.integers(0, 9).map(lambda end: end * 1000)),
            draw(parents),
            draw(st.sampled_from((None, "LLM", "RETRIEVER", "TOOL", "AGENT", "CHAIN"))),
            draw(JSON),
            draw(JSON),
            draw(st.none() | RAISED),
            at=draw(st.sampled_from((None, "a.py:1", "b.py:2"))),
            id=f"s{number}",
        )
        for number in range(n)
    ]


AROUND = Surroundings(
    (
        feedback("good", False, SECRET),
        expectation("document", SECRET, span_id="s1"),
        feedback("x", [1]),
    ),
    now_ms=10_000_000,
)


def phrases(examination: Examination) -> str:
    """Everything an examination says, as a report would show it."""
    spoken = [examination.verdict.summary]
    spoken += [reason.text for reason in examination.verdict.reasons]
    for found in examination.findings:
        spoken += [found.message, *(related.message for related in found.related)]
        spoken += [found.detail] if found.detail is not None else []
    spoken += [judged.why for judged in examination.assessments]
    return "\n".join(said(phrase) for phrase in spoken)


@given(specs())
@settings(max_examples=150, deadline=None)
def test_any_trace_is_examined_and_nothing_leaks(case: list[Spec]) -> None:
    examination = examined(case, AROUND)
    assert SECRET not in phrases(examination)
    numbers = [f.exception for f in examination.findings if f.exception is not None]
    assert len(numbers) == len(set(numbers))
    for part in examination.origin.parts if examination.origin is not None else ():
        assert SECRET not in Redactor().text(part.text)


def test_values_nested_beyond_all_sense() -> None:
    value: JsonValue = "refund"
    for _ in range(5000):
        value = {"node": [value]}
    examined(
        [Spec("run", 0, 9, type="RETRIEVER", inputs=value, outputs=value, at="a.py:1")], AROUND
    )
