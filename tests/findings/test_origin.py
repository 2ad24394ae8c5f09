"""Where the words of the output came from, stretch by stretch."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tests.findings.builder import Spec, examined
from tests.findings.test_verdict import ANSWER, SUPPORT
from tracegloss.recorded import JsonValue
from tracegloss.reveal import reveal

DAYS = "Orders arrive within 3 to 5 working days after you placed them."
WINDOW = "A refund is possible within 14 days after delivery."


def check(specs: Sequence[Spec], *expected: str) -> None:
    """Compare the parts as `start-end how span document: text`."""
    origin = examined(specs).origin
    parts = () if origin is None else origin.parts
    rendered = [
        f"{p.start}-{p.end} {p.how} {p.span_id} {reveal(p.document) if p.document else '-'}: "
        f"{reveal(p.text)}"
        for p in parts
    ]
    assert rendered == list(expected)


def root(output: JsonValue) -> Spec:
    return Spec("run", 0, 900, outputs=output)


def test_a_document_in_the_answer_and_what_was_put_before_it() -> None:
    check(
        SUPPORT,
        "0-30 added generate_response -: According to our help centre: ",
        f"30-{len(ANSWER)} copied search_knowledge_base ship-001: {DAYS}",
    )


def test_two_sources_and_a_writer() -> None:
    check(
        [
            root({"answer": f"{WINDOW} And: {DAYS}", "n": 1}),
            Spec("a", 10, 20, "run", "TOOL", outputs={"text": DAYS}),
            Spec("b", 15, 30, "run", "TOOL", outputs=[WINDOW]),
            Spec("llm", 40, 50, "run", "LLM", outputs={"content": f"{WINDOW} And: {DAYS}"}),
        ],
        f"0-{len(WINDOW)} copied b -: {WINDOW}",
        f"{len(WINDOW)}-{len(WINDOW) + 6} added llm -:  And: ",
        f"{len(WINDOW) + 6}-{len(WINDOW) + 6 + len(DAYS)} copied a -: {DAYS}",
    )


def test_of_two_spans_with_the_same_text_the_one_that_ended_first_had_it() -> None:
    check(
        [
            root(DAYS),
            Spec("outer", 5, 60, "run", outputs=DAYS),
            Spec("inner", 10, 20, "outer", "TOOL", outputs=DAYS),
        ],
        f"0-{len(DAYS)} copied inner -: {DAYS}",
    )


def test_what_a_model_wrote_is_added_not_copied() -> None:
    check(
        [root(DAYS), Spec("llm", 10, 20, "run", "LLM", outputs={"content": DAYS})],
        f"0-{len(DAYS)} added llm -: {DAYS}",
    )


def test_short_outputs_and_chance_overlaps_have_no_origin() -> None:
    check([root("42"), Spec("a", 10, 20, "run", "TOOL", outputs="42")])
    check([root(DAYS), Spec("a", 10, 20, "run", "TOOL", outputs="Orders arrive at noon.")])


def test_a_span_after_the_root_or_without_end_is_no_source() -> None:
    check([root(DAYS), Spec("a", 10, None, "run", "TOOL", outputs=DAYS)])


TEXT = st.text("ab ", max_size=60)


@given(st.lists(TEXT, max_size=4), TEXT)
def test_parts_never_overlap_and_hold_what_their_span_said(outputs: list[str], output: str) -> None:
    spans = [Spec(f"s{n}", n, n + 1, "run", outputs=text or None) for n, text in enumerate(outputs)]
    origin = examined([root(output or None), *spans]).origin
    reached = 0
    for part in () if origin is None else origin.parts:
        assert part.start >= reached
        reached = part.end
        assert reveal(part.text) == output[part.start : part.end]
        assert reveal(part.text) in outputs[int(part.span_id[1:])]


PLAIN = st.permutations("cdefghijklmnopqrstuvwxyz").map("".join)


@given(TEXT, PLAIN, TEXT, TEXT, TEXT)
def test_every_common_stretch_of_21_characters_is_found(
    before: str, common: str, after: str, other: str, more: str
) -> None:
    source = Spec("a", 1, 2, "run", "TOOL", outputs=other + common + more)
    origin = examined([root(before + common + after), source]).origin
    assert origin is not None
    covered = {place for part in origin.parts for place in range(part.start, part.end)}
    assert covered >= set(range(len(before), len(before) + len(common)))
