"""Verdicts: proven, likely or unknown, with reasons that can be checked in the trace."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from tests.findings.builder import (
    NOTHING,
    Raised,
    Spec,
    Surroundings,
    examined,
    expectation,
    feedback,
    said,
    where,
)
from tracegloss.model.settings import Settings
from tracegloss.recorded import JsonValue


def check(specs: Sequence[Spec], head: str, *lines: str, around: Surroundings = NOTHING) -> None:
    """Compare a verdict: `kind certainty place span`, its summary, then each reason."""
    verdict = examined(specs, around).verdict
    first = f"{verdict.kind} {verdict.certainty} {where(verdict.start_at)} {verdict.span_id}"
    reasons = [said(reason.text) for reason in verdict.reasons]
    assert [first, said(verdict.summary), *reasons] == [head, *lines]


BOOM = "RuntimeError: boom: asked to"
GRAPH = Spec("agent_graph", 0, 84, None, "CHAIN", at="graph/agent.py:33")
CALL: JsonValue = {"name": "explode", "args": {"reason": "asked to"}, "id": "1"}
MODEL = Spec(
    "ScriptedChat",
    6,
    8,
    "agent",
    "CHAT_MODEL",
    None,
    {"tool_calls": [CALL]},
    at="graph/agent.py:13",
    called_from="graph/agent.py:13",
)


def test_an_agent_that_fails_in_a_tool() -> None:
    raised = Raised(BOOM, ("tools/basic.py:28 explode",))
    check(
        [
            replace(GRAPH, raised=raised),
            Spec("agent", 5, 10, "agent_graph", "CHAIN", at="graph/agent.py:11"),
            MODEL,
            Spec("tools", 15, 75, "agent_graph", "CHAIN", at="graph/agent.py:27", raised=raised),
            Spec(
                "explode",
                18,
                37,
                "tools",
                "TOOL",
                {"reason": "asked to"},
                at="tools/basic.py:26",
                raised=raised,
            ),
        ],
        "error proven tools/basic.py:28 explode",
        "RuntimeError: boom: asked to",
        "Raised in explode.",
        "Asked for by the model: ScriptedChat, called at graph/agent.py:13, emitted "
        'explode(reason="asked to").',
        "Passed through tools and agent_graph; no traced caller handled it.",
    )


def test_an_error_that_an_assessment_calls_right() -> None:
    frames = ("agent/orchestrator.py:21 handle", "guardrails.py:19 check_input")
    raised = Raised("GuardrailViolation: refused", frames)
    case = [
        Spec("support_agent", 0, 10, at="agent/orchestrator.py:19", raised=raised),
        Spec(
            "check_input",
            1,
            6,
            "support_agent",
            at="guardrails.py:17",
            raised=replace(raised, frames=frames[1:]),
        ),
    ]
    blocked = feedback("blocked_rightly", True, source_type="CODE")
    lines = (
        "Raised in check_input.",
        (
            "Called from agent/orchestrator.py:21 in handle; passed through support_agent; "
            "no traced caller handled it."
        ),
        "An assessment calls this right: blocked_rightly = true.",
    )
    head = "error proven guardrails.py:19 check_input"
    check(case, head, "GuardrailViolation: refused", *lines, around=Surroundings((blocked,)))
    expected = Surroundings((blocked,), Settings(expected_exceptions=("GuardrailViolation",)))
    check(case, head, "GuardrailViolation: refused (listed as expected)", *lines, around=expected)


def test_an_error_that_passed_through_many_spans_counts_those_it_does_not_name() -> None:
    raised = Raised("ValueError: deep", ("app.py:9 leaf",))

    def chain(length: int) -> list[Spec]:
        names = ["root", *(f"step {number}" for number in range(1, length - 1)), "leaf"]
        parents = [None, *names]
        return [
            Spec(name, depth, 90 - depth, parents[depth], at="app.py:1", raised=raised)
            for depth, name in enumerate(names)
        ]

    head = ("error proven app.py:9 leaf", "ValueError: deep", "Raised in leaf.")
    all_named = (
        "Passed through step 4, step 3, step 2, step 1 and root; no traced caller handled it."
    )
    check(chain(6), *head, all_named)
    counted = "Passed through step 6, step 5, step 4, 3 more and root; no traced caller handled it."
    check(chain(8), *head, counted)


def test_an_error_without_any_own_frame_is_not_proven() -> None:
    lines = ("TypeError: x", "Raised in run.", "No traced caller handled it.")
    raised = Raised("TypeError: x")
    check([Spec("run", 0, 9, at="app.py:1", raised=raised)], "error likely app.py:1 run", *lines)
    check([Spec("run", 0, 9, raised=raised)], "error unknown nowhere run", *lines)


def test_an_error_raised_in_a_library_is_not_proven_at_the_own_line_it_was_called_from() -> None:
    frames = ("app.py:9 load", "lib/python3.11/site-packages/requests/api.py:59 get")
    check(
        [Spec("load", 0, 9, at="app.py:5", raised=Raised("requests.Timeout: slow", frames))],
        "error likely app.py:9 load",
        "Timeout: slow",
        "Left your code at this line, raised in requests, called within load.",
        "No traced caller handled it.",
    )


def test_a_failure_without_exception() -> None:
    check(
        [Spec("run", 0, 9, failed="broken", at="app.py:1")],
        "error likely app.py:1 run",
        "run failed without an exception.",
        "Status set to ERROR without an exception: broken",
    )


def documents(*ids: str) -> JsonValue:
    texts = {"ship-001": "Orders arrive within 3 to 5 working days after you placed them."}
    return [{"page_content": texts.get(i, f"About {i}."), "metadata": {"doc_uri": i}} for i in ids]


ANSWER = (
    "According to our help centre: Orders arrive within 3 to 5 working days after you placed them."
)
SUPPORT = [
    Spec(
        "support_agent",
        0,
        215,
        None,
        "AGENT",
        {"question": "How long does a refund take?"},
        ANSWER,
        at="agent/orchestrator.py:19",
    ),
    Spec(
        "plan_action",
        10,
        20,
        "support_agent",
        "AGENT",
        None,
        {"intent": "refund"},
        at="agent/planner.py:53",
    ),
    Spec(
        "search_knowledge_base",
        30,
        60,
        "support_agent",
        "RETRIEVER",
        {"query": "refund"},
        documents("ship-001"),
        at="retrieval/kb.py:13",
    ),
    Spec(
        "lexical_lookup",
        31,
        40,
        "search_knowledge_base",
        "RETRIEVER",
        {"query": "refund"},
        documents("ship-001", "ship-002", "ref-002"),
        at="retrieval/index.py:59",
    ),
    Spec(
        "rerank",
        41,
        50,
        "search_knowledge_base",
        "RERANKER",
        {"hits": documents("ship-001", "ship-002")},
        documents("ship-001"),
        at="retrieval/rerank.py:8",
    ),
    Spec(
        "generate_response",
        70,
        90,
        "support_agent",
        "CHAIN",
        {"documents": documents("ship-001")},
        ANSWER,
        at="agent/generation.py:16",
    ),
]
RELEVANCE = feedback(
    "retrieval_relevance", False, "about shipping", span_id="search_knowledge_base"
)
CORRECTNESS = feedback("correctness", False, "no refund window")
EXPECTED = expectation("expected_document", "ref-001", span_id="search_knowledge_base")


def test_an_answer_judged_wrong_whose_document_was_never_found() -> None:
    check(
        SUPPORT,
        "judged-wrong likely retrieval/index.py:59 lexical_lookup",
        "No exception. The answer was judged wrong: retrieval_relevance and correctness are false.",
        "the expected document ref-001 is in no span's output: it was never found, "
        "so rerank and generate_response could not use it.",
        "lexical_lookup is the first span to return documents: ship-001, ship-002, ref-002.",
        around=Surroundings((CORRECTNESS, RELEVANCE, EXPECTED)),
    )


def test_a_judgment_on_a_span_points_at_it() -> None:
    check(
        SUPPORT,
        "judged-wrong likely retrieval/kb.py:13 search_knowledge_base",
        "No exception. The answer was judged wrong: retrieval_relevance is false.",
        'retrieval_relevance on search_knowledge_base: false, "about shipping".',
        around=Surroundings((RELEVANCE,)),
    )


LOST = (
    "68 % of the answer is copied from search_knowledge_base, document ship-001.",
    '"refund" is in the question and in plan_action\'s output, in no returned document.',
)


def test_a_judgment_on_the_whole_points_where_the_answer_came_from() -> None:
    check(
        [
            spec
            if spec.name != "search_knowledge_base"
            else replace(spec, outputs=documents("ship-001"))
            for spec in SUPPORT
        ],
        "judged-wrong likely retrieval/kb.py:13 search_knowledge_base",
        "No exception. The answer was judged wrong: correctness is false.",
        *LOST,
        around=Surroundings((CORRECTNESS,)),
    )


def test_without_any_assessment_nothing_is_proven_but_something_is_worth_a_look() -> None:
    check(
        SUPPORT,
        "suspicious unknown retrieval/kb.py:13 search_knowledge_base",
        "No exception, no assessment: nothing proves this answer wrong. One thing is worth a look.",
        *LOST,
    )


def test_a_judgment_that_nothing_in_the_trace_explains() -> None:
    check(
        [Spec("run", 0, 9, outputs="no", at="app.py:1")],
        "judged-wrong unknown nowhere None",
        "No exception. The answer was judged wrong: correctness is false.",
        around=Surroundings((CORRECTNESS,)),
    )


def test_an_unmet_expectation_alone() -> None:
    check(
        [Spec("run", 0, 9, outputs="no", at="app.py:1")],
        "judged-wrong unknown nowhere None",
        "No exception. An expectation is unmet: fact.",
        around=Surroundings((expectation("fact", "14 days"),)),
    )


def test_a_handled_exception_is_worth_a_look() -> None:
    case = [
        Spec("run", 0, 9, outputs="ok", at="app.py:1"),
        Spec("load", 1, 5, "run", at="app.py:5", raised=Raised("OSError: x", ("app.py:6 load",))),
    ]
    check(
        case,
        "suspicious unknown app.py:6 load",
        "No exception ended the run, no assessment: nothing proves this answer wrong. One "
        "thing is worth a look.",
        'OSError: x, handled by run, which returned "ok"',
    )


def test_nothing_wrong() -> None:
    case = [Spec("run", 0, 9, outputs="ok", at="app.py:1")]
    check(
        case,
        "clean unknown nowhere None",
        "No exception, no assessment: nothing proves this answer wrong.",
    )
    check(
        case,
        "clean unknown nowhere None",
        "No exception, no failed assessment: nothing proves this answer wrong. 1 assessment "
        "passed.",
        around=Surroundings((feedback("good", True, "it is"),)),
    )


def test_a_trace_that_is_not_whole() -> None:
    check(
        [],
        "incomplete unknown nowhere None",
        "This trace has no spans: nothing can be said of its run.",
        "No span of this trace was stored",
    )
    check(
        [Spec("a", 0, 9, "gone")],
        "incomplete unknown nowhere None",
        "The root span is missing: nothing can be said of the run as a whole.",
        "1 span lost their parent; 1 shown apart",
    )
    check(
        [Spec("run", 0, None)],
        "incomplete unknown nowhere None",
        "The root span has not ended: the run goes on, or was killed.",
    )
