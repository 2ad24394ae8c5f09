"""Traces on code that several tests lay out: a wrong answer, an error in a tool, a large trace."""

from __future__ import annotations

from tests.report.builder import S, finding, judged, on_code, place, resolved, site, tie, unresolved
from tracegloss.model.finding import (
    OriginPart,
    OutputOrigin,
    RaisedException,
    Reason,
    Related,
    Severity,
    Verdict,
)
from tracegloss.model.freshness import AsRan, ChangedIn
from tracegloss.model.repository import CommitStanding
from tracegloss.model.resolution import Confidence, Freshness, PlacedFrame
from tracegloss.model.site import FunctionId
from tracegloss.model.trace import AssessmentError, Problem, StackFrame, Tokens
from tracegloss.recorded import Recorded, phrase
from tracegloss.text import range_of
from tracegloss.trace_on_code import SinceTrace, TraceOnCode

QUESTION = "I want a refund for my order A-1001, it arrived damaged. How long does it take?"
SHIPPING = (
    "How long does shipping take after my order?\nOrders arrive within 3 to 5 business days. "
    "Express orders arrive on the next day. Orders abroad take up to three weeks, depending on "
    "customs; the tracking link in your mail always has the latest date we know of."
)
ANSWER = f"According to our help centre: {SHIPPING[44:]}"

KB = '''\
"""The help centre."""

from __future__ import annotations

import mlflow

from retrieval.index import KeywordIndex
from retrieval.rerank import rerank

_INDEX = KeywordIndex()


@mlflow.trace(span_type="RETRIEVER")
def search_knowledge_base(query: str, top_k: int = 3):
    """Return the best article."""
    hits = _INDEX.lookup(query, top_k=top_k)
    best = rerank(query, hits, keep=1)
    return best
'''

_KB_SPAN = "00000000000000aa"
_LOOKUP_SPAN = "967a0de6f3942138"


def wrong_answer() -> TraceOnCode:
    """An OK trace that a judge calls wrong, with assessments of every kind."""
    kb = resolved("retrieval/kb.py:14", "search_knowledge_base")
    document = {
        "page_content": SHIPPING,
        "metadata": {"doc_uri": "kb://ship-001", "score": 9.3699},
    }
    root = S(
        "support_agent",
        resolved("agent/orchestrator.py:19", "SupportAgent.handle"),
        0,
        215,
        "AGENT",
        inputs={"question": QUESTION},
        outputs=ANSWER,
        children=(
            S("check_input", "safety/guardrails.py:17", 193, 1.1, "CHAIN"),
            S(
                "plan_action",
                "agent/planner.py:53",
                194.5,
                5.5,
                "AGENT",
                children=(
                    S("chat_completion", "llm/fake.py:15", 195, 3.7, "LLM", tokens=(30, 7)),
                    S("extract_arguments", "agent/planner.py:61", 199, 0.3, "PARSER"),
                ),
            ),
            S(
                "_order",
                "agent/orchestrator.py:55",
                200.1,
                1.5,
                children=(S("find_order", "tools/orders.py:16", 200.5, 0.8, "TOOL"),),
            ),
            S(
                "search_knowledge_base",
                kb,
                202,
                6.3,
                "RETRIEVER",
                id=_KB_SPAN,
                inputs={"query": QUESTION, "top_k": 3},
                outputs=[document],
                children=(
                    S(
                        "lexical_lookup",
                        resolved("retrieval/index.py:59", "KeywordIndex.lookup"),
                        202.2,
                        2.7,
                        "RETRIEVER",
                        id=_LOOKUP_SPAN,
                    ),
                    S(
                        "rerank",
                        "retrieval/rerank.py:8",
                        205,
                        2.3,
                        "RERANKER",
                        children=(
                            S("title_overlap", "retrieval/rerank.py:13", 205.1, 0.3, "CHAIN"),
                            S("title_overlap", "retrieval/rerank.py:13", 205.5, 0.3, "CHAIN"),
                            S("title_overlap", "retrieval/rerank.py:13", 205.9, 0.2, "CHAIN"),
                        ),
                    ),
                ),
            ),
            S(
                "generate_response",
                "agent/generation.py:16",
                209,
                3.8,
                "CHAIN",
                children=(
                    S("chat_completion", "llm/fake.py:15", 209.5, 2.7, "LLM", tokens=(87, 36)),
                ),
            ),
        ),
    )
    findings = (
        finding(
            "expectation-unmet",
            phrase(
                '{name} "{value}" ({who}) is in no output of this trace',
                name=Recorded("expected_document"),
                value=Recorded("ref-001"),
                who=Recorded("reviewer"),
            ),
            at=kb.site.at,
            spans=(_KB_SPAN,),
            site=kb.site,
            related=(
                Related(
                    phrase("first to return documents: ship-001, ship-002, ref-002"),
                    place("retrieval/index.py:59", 8, 6),
                    _LOOKUP_SPAN,
                ),
            ),
        ),
        finding(
            "assessment-failed",
            phrase(
                "{name} = false, {who}", name=Recorded("retrieval_relevance"), who=Recorded("judge")
            ),
            at=kb.site.at,
            spans=(_KB_SPAN,),
            site=kb.site,
            detail=phrase('"{why}"', why=Recorded("The only document returned is on shipping.")),
        ),
        finding(
            "assessment-failed",
            phrase("{name} = false", name=Recorded("correctness")),
            at="agent/orchestrator.py:19",
        ),
        finding(
            "retrieval-missing-term",
            phrase('"{term}" is in the question, in no returned document', term=Recorded("refund")),
            severity=Severity.INFORMATION,
            at=kb.site.at,
            spans=(_KB_SPAN,),
            site=kb.site,
        ),
    )
    verdict = Verdict(
        "judged-wrong",
        "likely",
        phrase(
            "No exception. The answer was judged wrong: {a} is false.", a=Recorded("correctness")
        ),
        place("retrieval/index.py:59", 8, 6),
        _LOOKUP_SPAN,
        (
            Reason(
                phrase(
                    "the expected document {d} is in no span's output: it was never found, so "
                    "rerank and generate_response could not use it.",
                    d=Recorded("ref-001"),
                ),
                (0,),
                (_LOOKUP_SPAN,),
            ),
            Reason(phrase("lexical_lookup is the first span to return documents."), (), ()),
        ),
    )
    origin = OutputOrigin(
        len(ANSWER),
        (
            OriginPart(
                0, 30, Recorded("According to our help centre: "), "000000000000000e", "added"
            ),
            OriginPart(
                30,
                len(ANSWER),
                Recorded(SHIPPING[44:]),
                _KB_SPAN,
                "copied",
                Recorded("kb://ship-001"),
            ),
        ),
    )
    error = AssessmentError(Recorded("RATE_LIMIT_EXCEEDED"), Recorded("429 from the judge"), None)
    assessments = (
        judged(
            "retrieval_relevance",
            "failed",
            False,
            "The only document is on shipping.",
            span_id=_KB_SPAN,
        ),
        judged("correctness", "failed", False, "The refund window is not mentioned."),
        judged("groundedness", "passed", True),
        judged(
            "is_refund_question", "passed", True, why="a person overrode the judge", overrides="a-0"
        ),
        judged("is_refund_question", "overridden", False, assessment_id="a-0", valid=False),
        judged(
            "helpfulness",
            "unclear",
            2.0,
            "Polite, but it does not answer.",
            why="no scale is known: not counted",
        ),
        judged("verdict", "unclear", "partially", why="no scale is known: not counted"),
        judged("toxicity", "scorer-error", error=error),
        judged("expected_document", "unmet", "ref-001"),
        judged("facts", "undecidable", ["refund within 14 days", "damaged goods are replaced"]),
    )
    return on_code(
        root,
        findings=findings,
        verdict=verdict,
        origin=origin,
        assessments=assessments,
        sources={"retrieval/kb.py": KB},
        tokens=Tokens(117, 43, 160),
    )


TOOLS = '''\
@tool
def explode(reason: str) -> str:
    """Always fails."""
    raise RuntimeError(f"boom: {reason}")
'''


def tool_error() -> TraceOnCode:
    """An exception in a tool that ends the trace, with a library in between."""
    at = place("tools/basic.py:4", 4, 5)
    frame = StackFrame(
        Recorded("/srv/app/tools/basic.py"),
        4,
        Recorded("explode"),
        Recorded('raise RuntimeError(f"boom: {reason}")'),
    )
    other = StackFrame(Recorded("/usr/lib/langgraph/pregel.py"), 120, Recorded("tick"), None)
    exception = RaisedException(
        type=Recorded("RuntimeError"),
        message=Recorded("boom: asked to"),
        frames=(
            PlacedFrame(other, False, None, None, False),
            PlacedFrame(frame, True, at, FunctionId("tools/basic.py", "explode", 1), True),
        ),
        raised_at=at,
        in_library=None,
        roles={
            "00000000000000cc": "raised",
            "00000000000000bb": "propagated",
            "0000000000000001": "propagated",
        },
    )
    strong = Confidence.STRONG
    root = S(
        "agent_graph",
        resolved("graph/agent.py:33", "compile", confidence=strong),
        0,
        84,
        "CHAIN",
        error=True,
        children=(
            S(
                "agent",
                resolved("graph/agent.py:11", "agent_node", confidence=strong),
                18,
                5.3,
                "CHAIN",
                children=(
                    S(
                        "ScriptedChat",
                        resolved("graph/agent.py:13", "ScriptedChat", confidence=strong),
                        18.5,
                        1.2,
                        "CHAT_MODEL",
                    ),
                ),
            ),
            S(
                "tools",
                resolved("graph/agent.py:27", "tools", confidence=strong),
                24,
                60,
                "CHAIN",
                error=True,
                id="00000000000000bb",
                children=(
                    S(
                        "explode",
                        "tools/basic.py:2",
                        65,
                        18.6,
                        "TOOL",
                        error=True,
                        id="00000000000000cc",
                        inputs={"reason": "asked to"},
                    ),
                ),
            ),
        ),
    )
    raised = finding(
        "error-raised",
        phrase(
            "{type}: {message}", type=Recorded("RuntimeError"), message=Recorded("boom: asked to")
        ),
        severity=Severity.ERROR,
        at=at,
        spans=("00000000000000cc", "00000000000000bb", "0000000000000001"),
        exception=0,
        site=site("tools/basic.py:2", "explode"),
        related=(
            Related(phrase("tools"), place("graph/agent.py:27"), "00000000000000bb"),
            Related(phrase("agent_graph"), place("graph/agent.py:33"), "0000000000000001"),
        ),
        values={"calls": 1, "failed": 1},
    )
    verdict = Verdict(
        "error",
        "proven",
        phrase(
            "{type}: {message}", type=Recorded("RuntimeError"), message=Recorded("boom: asked to")
        ),
        at,
        "00000000000000cc",
        (
            Reason(
                phrase("Passed through tools and agent_graph; no traced caller handled it."),
                (0,),
                ("00000000000000cc",),
            ),
        ),
    )
    return on_code(
        root,
        findings=(raised,),
        verdict=verdict,
        exceptions=(exception,),
        sources={
            "tools/basic.py": TOOLS,
            "graph/agent.py": "\n" * 26
            + 'g.add_node("tools", ToolNode(tools.ALL))\n'
            + "\n" * 5
            + '    return g.compile(name="agent_graph")\n',
        },
    )


def reordered() -> TraceOnCode:
    """A verdict that cites a finding which sorting moves behind a graver one."""
    cited = finding(
        "slow-span", "slow", severity=Severity.INFORMATION, at="m.py:2", spans=("0000000000000001",)
    )
    graver = finding(
        "error-raised", "broken", severity=Severity.ERROR, at="m.py:3", spans=("0000000000000001",)
    )
    verdict = Verdict(
        "suspicious",
        "unknown",
        phrase("Look."),
        place("m.py:2"),
        "0000000000000001",
        (Reason(phrase("slow"), (0,), ()),),
    )
    return on_code(S("a", "m.py:1"), findings=(cited, graver), verdict=verdict)


def nothing_certain() -> TraceOnCode:
    """Ties, names that repeat, library spans, an orphan, a span that has not ended."""
    copy = "def notify(event):\n    send(event)\n"
    return on_code(
        S(
            "run",
            resolved("core/engine.py:16", "Engine.run"),
            0,
            None,
            "AGENT",
            children=(
                S(
                    "run",
                    resolved("text/pipeline.py:13", "TextPipeline.run"),
                    1,
                    12,
                    "CHAIN",
                    children=(
                        S("validate", resolved("core/base.py:22", "Step.validate"), 2, 1.1),
                        S(
                            "run",
                            resolved("core/base.py:15", "Step.run", confidence=Confidence.STRONG),
                            4,
                            0.5,
                            "CHAIN",
                        ),
                        S(
                            "RunnableSequence",
                            unresolved("library", "LangChain's own"),
                            5,
                            3,
                            children=(
                                S(
                                    "run",
                                    resolved("text/steps.py:32", "Upper.run"),
                                    6,
                                    1.9,
                                    "CHAIN",
                                ),
                            ),
                        ),
                    ),
                ),
                S("notify", tie("billing/notify.py:1", "vendored/notify.py:1"), 14, 4, "TOOL"),
                S(
                    "step:import",
                    unresolved(
                        "dynamic", "made by start_span(name), name is variable", "jobs/flows.py:31"
                    ),
                    19,
                    1,
                ),
                S(
                    "billing.charge",
                    unresolved(
                        "other-repository", "service billing-api has no site in this workspace"
                    ),
                    21,
                    1,
                ),
            ),
        ),
        S(
            "late",
            resolved("core/late.py:3", "late", confidence=Confidence.WEAK),
            30,
            2,
            more={"parent_id": "00000000000000ff"},
        ),
        sources={"billing/notify.py": copy, "vendored/notify.py": copy},
        problems=(
            Problem(
                "parent-missing",
                phrase("the parent of {n} span is not in the trace", n=1),
                ("000000000000000a",),
            ),
        ),
        standing=CommitStanding(),
    )


def no_spans() -> TraceOnCode:
    """A trace of which only the info is left."""
    return on_code(name=Recorded("support_agent"), duration_ms=12)


def read_later() -> TraceOnCode:
    """A trace resolved at an older commit, with what became of each function since."""
    commit = ChangedIn(
        "1ce4efb0000", "Eval", "2024-06-10T09:00:00Z", "support_agent: reorganize modules"
    )
    ran = "a29b8850000"
    moved = AsRan(
        ran,
        place("retrieval/knowledge_base.py:13", 4, 25),
        range_of(12, 0, 20, 0),
        "search_knowledge_base",
    )
    edited = AsRan(
        ran,
        place("agent/orchestrator.py:12", 8, 14),
        range_of(11, 0, 40, 0),
        "support_agent",
        "(self, text)",
    )
    gone = AsRan(
        ran, place("agent/generation.py:16", 4, 19), range_of(15, 0, 18, 0), "legacy_greeting"
    )
    since = {
        "0000000000000001": SinceTrace(
            Freshness.EDITED, commit, edited, parts=("signature", "body"), lost_inputs=("text",)
        ),
        "0000000000000002": SinceTrace(Freshness.MOVED, as_ran=moved),
        "0000000000000003": SinceTrace(Freshness.IDENTICAL),
        "0000000000000004": SinceTrace(Freshness.IDENTICAL),
        "0000000000000005": SinceTrace(Freshness.GONE, commit, gone, last_in=ChangedIn(ran)),
    }
    verdict = Verdict(
        "judged-wrong",
        "likely",
        phrase("No exception. The answer was judged wrong."),
        place("retrieval/kb.py:14", 4, 21),
        "0000000000000002",
        (Reason(phrase("it is the first span to return documents."), (), ("0000000000000002",)),),
    )
    return on_code(
        S(
            "support_agent",
            "agent/orchestrator.py:19",
            0,
            20,
            "AGENT",
            children=(
                S("search_knowledge_base", "retrieval/kb.py:14", 1, 4, "RETRIEVER"),
                S("chat_completion", "llm/fake.py:15", 6, 3, "LLM", tokens=(30, 7)),
                S("chat_completion", "llm/fake.py:15", 10, 3, "LLM", tokens=(20, 5)),
                S("legacy_greeting", "agent/generation.py:16", 14, 1),
            ),
        ),
        verdict=verdict,
        since=since,
        standing=CommitStanding(
            ran, "release/1.0", "2024-05-01", True, 1, 0, None, resolved_at="commit"
        ),
    )


ALL = {
    "read_later": read_later,
    "wrong_answer": wrong_answer,
    "tool_error": tool_error,
    "nothing_certain": nothing_certain,
    "no_spans": no_spans,
    "reordered": reordered,
}
