"""A word of the question that the run acted on, that no retrieved document speaks of.

The word must be in the question and in what an earlier span decided, in none of the documents and
not in the final output: four statements about this trace, none of them a guess.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.documents import document_texts, documents_in
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.stop_words import STOP_WORDS
from tracegloss.findings.values import all_text, texts
from tracegloss.findings.wording import piece
from tracegloss.matcher import matcher
from tracegloss.model.finding import Finding, Severity
from tracegloss.model.trace import Span
from tracegloss.recorded import phrase
from tracegloss.reveal import reveal

_WORD = matcher(r"[^\W\d_]+")
_LONGEST_QUESTION = 4000
# Shorter strings in a result are names of things, and what the things say was not recorded.
_LEAST_WORDS = 5
_PRINTED_OBJECT = matcher(r"<[\w.]+(?: object)? at 0x[0-9a-f]+>")


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report the first such word for each outermost retrieval that returned documents."""
    if case.root is None or case.spans[case.root].inputs is None:
        return
    question = _question(case.spans[case.root])
    terms = _terms(question, round(rule.threshold(case, "min-letters")))
    answer = case.outputs.of(case.root).lower()
    missing = [term for term in terms if _stem(term) not in answer]
    retrieved = [(span, _documents(case, span)) for span in case.trace.spans if missing and answer]
    retrievals = [(span, documents) for span, documents in retrieved if documents]
    for span, documents in retrievals:
        asked = missing if len(retrievals) == 1 else _asked(span, missing)
        lost = [term for term in asked if _stem(term) not in documents]
        yield from _lost(case, rule, span, lost, question)


def _question(root: Span) -> str:
    """Return what was asked: the longest text among the root's inputs that is no printed object."""
    inputs = None if root.inputs is None else reveal(root.inputs)
    spoken = (text for text in texts(inputs) if not _PRINTED_OBJECT.search(text))
    return max(spoken, key=len, default="")[:_LONGEST_QUESTION]


def _stem(term: str) -> str:
    """Cut a plural's ending, so that `eggs` is found in `egg` and `refunds` in `refund`."""
    return term.removesuffix("s") if not term.endswith("ss") else term


def _terms(question: str, least: int) -> list[str]:
    words = (word.lower() for word in _WORD.findall(question))
    return [w for w in dict.fromkeys(words) if len(w) >= least and w not in STOP_WORDS]


def _documents(case: Case, span: Span) -> str:
    """Return the text of an outermost retriever's documents, empty for other spans."""
    if case.type(span.span_id) != "RETRIEVER" or span.outputs is None:
        return ""
    if any(case.type(ancestor) == "RETRIEVER" for ancestor in case.tree.ancestors(span.span_id)):
        return ""
    outputs = reveal(span.outputs)
    if documents_in(outputs):
        return "\n".join(document_texts(outputs)).lower()
    passages = outputs if isinstance(outputs, list | tuple) else ()
    is_prose = all(isinstance(p, str) and len(p.split()) >= _LEAST_WORDS for p in passages)
    return all_text(outputs).lower() if passages and is_prose else ""


def _asked(span: Span, terms: list[str]) -> list[str]:
    """Return the terms that a retrieval itself was asked for; one of several may serve others."""
    inputs = None if span.inputs is None else reveal(span.inputs)
    asked = all_text(inputs).lower()
    return [term for term in terms if _stem(term) in asked]


def _lost(case: Case, rule: Rule, span: Span, terms: list[str], question: str) -> Iterator[Finding]:
    for term in terms:
        decided = _decided(case, span, term, question)
        if decided is not None:
            message = phrase(
                '"{term}" is in the question and in {span}\'s output, in no returned document',
                term=piece(term),
                span=case.name(decided),
            )
            note = Note(message, (span.span_id, decided), (term,), values={"term": term})
            yield finding(case, rule, note)
            return


def _decided(case: Case, retrieval: Span, term: str, question: str) -> str | None:
    """Find the first span that ended before and put the word in its output.

    An output that repeats the question decides nothing.
    """
    ancestors = set(case.tree.ancestors(retrieval.span_id))
    for span in case.trace.spans:
        if span.end_ns is None or span.end_ns > retrieval.start_ns or span.span_id in ancestors:
            continue
        said = case.outputs.of(span.span_id)
        if _stem(term) in said.lower() and question.strip() not in said:
            return span.span_id
    return None


RULE = Rule(
    "retrieval-missing-term",
    Severity.INFORMATION,
    Severity.INFORMATION,
    look,
    {"min-letters": 4},
)
