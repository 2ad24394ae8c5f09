"""Retrieval: nothing found, a word of the question lost, and the shapes documents come in."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.findings.builder import Spec, Surroundings, check, examined, rule
from tracegloss.findings.documents import Document, documents_in
from tracegloss.recorded import JsonValue

QUESTION = "What is our refund policy?"
DOCUMENT: JsonValue = {
    "page_content": "Our policy is to ship fast.",
    "metadata": {"doc_uri": "kb://1"},
}
ROOT = Spec("run", 0, 900, inputs={"question": QUESTION}, outputs="We ship fast.", at="app.py:1")
GUARD = Spec("check", 1, 5, "run", outputs=QUESTION)
PLAN = Spec("plan", 10, 20, "run", outputs={"intent": "refund"}, at="app.py:5")
FIND = Spec("find", 30, 60, "run", "RETRIEVER", {"query": QUESTION}, [DOCUMENT], at="app.py:10")
ANSWER = Spec(
    "answer", 70, 90, "run", "LLM", {"documents": [DOCUMENT]}, "We ship fast.", at="app.py:20"
)
CASE = [ROOT, GUARD, PLAN, FIND, ANSWER]

MISSING = (
    "retrieval-missing-term information/information app.py:10 "
    '"refund" is in the question and in plan\'s output, in no returned document [find plan]'
)


def test_a_word_that_was_asked_and_decided_on_but_not_retrieved() -> None:
    check(CASE, MISSING)


def test_of_nested_retrievers_the_outermost_speaks() -> None:
    check([*CASE, replace(FIND, name="lookup", parent="find", at="app.py:40")], MISSING)


def test_it_is_silent_when_any_of_the_four_statements_fails() -> None:
    check([replace(ROOT, inputs={"question": "What is our policy?"}), GUARD, PLAN, FIND, ANSWER])
    check([ROOT, GUARD, replace(PLAN, outputs={"intent": "other"}), FIND, ANSWER])
    check([ROOT, GUARD, replace(PLAN, start=70, end=80), FIND, ANSWER])
    check([ROOT, GUARD, PLAN, replace(FIND, outputs=[{**DOCUMENT, "title": "Refunds"}]), ANSWER])  # type: ignore[dict-item]
    check([replace(ROOT, outputs="No refunds."), GUARD, PLAN, FIND, ANSWER])
    check(CASE, around=Surroundings(settings=rule("retrieval-missing-term", min_letters=7)))


def test_plurals_printed_objects_and_bare_names_are_no_reason() -> None:
    check(
        [ROOT, GUARD, PLAN, replace(FIND, outputs=["How to be refunded by us, in short"]), ANSWER]
    )
    check([ROOT, GUARD, PLAN, replace(FIND, outputs=["shipping", "warranty"]), ANSWER])
    printed = replace(ROOT, inputs={"flow": "<shop.refund.Flow object at 0x7f159baaa790>"})
    check([printed, GUARD, PLAN, FIND, ANSWER])


def test_of_several_retrievals_each_answers_for_what_it_was_asked() -> None:
    other = replace(FIND, id="other", start=61, end=66, inputs={"query": "shipping"})
    check([ROOT, GUARD, PLAN, FIND, other, ANSWER], MISSING)


@pytest.mark.parametrize("word", ["which", "2024", "sku77", "abc"])
def test_stop_words_numbers_and_short_words_are_no_terms(word: str) -> None:
    asked = replace(ROOT, inputs={"question": f"{word} policy"})
    check([asked, replace(PLAN, outputs=word), FIND, ANSWER])


EMPTY = (
    "retrieval-empty warning/warning app.py:10 "
    'Returned no document for "What is our refund policy?" [find]'
)


@pytest.mark.parametrize("outputs", [[], {"documents": []}], ids=["list", "mapping"])
def test_an_empty_retrieval_before_a_model_call(outputs: JsonValue) -> None:
    check([ROOT, replace(FIND, outputs=outputs), ANSWER], EMPTY)


def test_an_empty_retrieval_that_another_span_received() -> None:
    used = replace(ANSWER, type="CHAIN", inputs={"documents": []})
    check([ROOT, replace(FIND, outputs=[]), used], EMPTY)
    check([ROOT, replace(FIND, outputs=[]), replace(ANSWER, type="CHAIN", inputs={"n": 1})])


def test_an_empty_list_of_something_else_is_no_retrieval() -> None:
    check([ROOT, replace(FIND, type="TOOL", outputs=[]), ANSWER])
    check([ROOT, replace(FIND, type="TOOL", outputs={"documents": []}), ANSWER], EMPTY)
    assert [
        f.rule for f in examined([ROOT, replace(FIND, outputs=[], failed="x"), ANSWER]).findings
    ] == ["error-without-exception"]


SHAPES: dict[str, tuple[JsonValue, list[Document] | None]] = {
    "mlflow": ([DOCUMENT], [Document("kb://1", "Our policy is to ship fast.")]),
    "llama index": (
        [{"node": {"text": "a", "id_": "n1", "metadata": {}}, "score": 0.5}],
        [Document("n1", "a")],
    ),
    "haystack": ({"documents": [{"content": "a", "id": "d1", "meta": {}}]}, [Document("d1", "a")]),
    "with scores": (
        [[{"page_content": "a", "metadata": {"source": "s"}}, 0.7]],
        [Document("s", "a")],
    ),
    "none": ([], []),
    "chat messages": ([{"role": "user", "content": "a", "id": 1}], None),
    "strings": (["a"], None),
    "mixed": ([DOCUMENT, 1], None),
    "text": ("a", None),
}


@pytest.mark.parametrize("value, documents", SHAPES.values(), ids=SHAPES)
def test_shapes_of_documents(value: JsonValue, documents: list[Document] | None) -> None:
    found = documents_in(value)
    assert (None if found is None else list(found)) == documents
