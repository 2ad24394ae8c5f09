"""An agent that asks for the same again and again, or goes to and fro between two steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from tracegloss.findings.case import Case
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.values import canonical
from tracegloss.findings.wording import piece
from tracegloss.model.finding import Finding, Severity
from tracegloss.recorded import Recorded, phrase
from tracegloss.reveal import reveal

_LONGEST_CHOICE = 80


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report repeated equal tool calls of one agent, and routers that alternate."""
    least = rule.threshold(case, "min-calls")
    for (agent, tool, _), span_ids in _calls(case).items():
        if len(span_ids) >= least:
            message = phrase(
                "{tool} asked for {n} times with the same arguments",
                tool=piece(tool),
                n=len(span_ids),
            )
            values = {"calls": len(span_ids)}
            yield finding(case, rule, Note(message, (agent, *span_ids), (tool,), values=values))
    yield from _alternating(case, rule)


def _calls(case: Case) -> Mapping[tuple[str, str, str], list[str]]:
    """Group calls of a tool by agent, tool and arguments: requests where recorded, else spans."""
    requested: dict[tuple[str, str, str], list[str]] = {}
    executed: dict[tuple[str, str, str], list[str]] = {}
    for call in case.model_calls:
        for request in call.requests:
            arguments = canonical(Recorded(request.arguments)) or ""
            key = (_agent(case, call.span.span_id), request.name, arguments)
            requested.setdefault(key, []).append(call.span.span_id)
    for span in case.trace.spans:
        if case.type(span.span_id) == "TOOL":
            key = (_agent(case, span.span_id), reveal(span.name), canonical(span.inputs) or "")
            executed.setdefault(key, []).append(span.span_id)
    asked = {(agent, tool) for agent, tool, _ in requested}
    unasked = {key: spans for key, spans in executed.items() if key[:2] not in asked}
    return {**requested, **unasked}


def _agent(case: Case, span_id: str) -> str:
    """Return the nearest agent above a span, else the top of its tree."""
    top = span_id
    for ancestor in case.tree.ancestors(span_id):
        top = ancestor
        if case.type(ancestor) == "AGENT":
            return ancestor
    return top


def _alternating(case: Case, rule: Rule) -> Iterator[Finding]:
    """A router is a span that answers with a short text; two answers in turn are a loop."""
    choices: dict[str, list[tuple[str, str]]] = {}
    for span in case.trace.spans:
        answer = reveal(span.outputs) if span.outputs is not None else None
        if isinstance(answer, str) and 0 < len(answer) <= _LONGEST_CHOICE:
            choices.setdefault(reveal(span.name), []).append((span.span_id, answer))
    least = rule.threshold(case, "min-alternations")
    for name, answers in choices.items():
        said = [answer for _, answer in answers]
        turns = sum(one != other for one, other in pairwise(said))
        if turns >= least and turns == len(said) - 1 and len(set(said)) == 2:
            message = phrase(
                "{router} went to and fro {n} times between {one} and {other}",
                router=piece(name),
                n=turns,
                one=piece(said[0]),
                other=piece(said[1]),
            )
            span_ids = tuple(span_id for span_id, _ in answers)
            yield finding(case, rule, Note(message, span_ids, (name,), values={"turns": turns}))


RULE = Rule(
    "loop-suspected",
    Severity.WARNING,
    Severity.WARNING,
    look,
    {"min-calls": 5, "min-alternations": 20},
)
