"""`tracegloss symbols QUERY`: spans by name, on the lines that made them."""

from __future__ import annotations

import json

import pytest

from tests.cli.running import Shell, check_fault, check_report

ERROR = ("--trace", "error-in-tool.json")
JUDGED = ("--trace", "judged-wrong.json")

SHOWN = {
    ("ch", *ERROR, *JUDGED): (
        "llm/fake.py:19:9: chat_completion  FakeChatModel.complete  3 spans\n"
        "safety/guardrails.py:23:5: check_input  2 spans\n"
        "safety/guardrails.py:29:5: check_output  1 span\n"
        "tools/refunds.py:14:5: check_refund_eligibility  1 span\n"
        "retrieval/kb.py:16:5: search_knowledge_base  1 span\n"
    ),
    ("POLICY", *ERROR): "tools/refunds.py:15:17: policy_window  check_refund_eligibility  1 span\n",
    ("zzz", *ERROR): 'no span named "zzz" on code (1 trace)\n',
    ("\x1b[31m", *ERROR): 'no span named "\\x1b[31m" on code (1 trace)\n',
}


@pytest.mark.parametrize("written", SHOWN)
def test_spans_by_name(agent: Shell, written: tuple[str, ...]) -> None:
    ran = agent.tracegloss("symbols", *written)
    check_report(ran)
    assert ran.text == SHOWN[written]


def test_without_a_query_every_name_is_listed(agent: Shell) -> None:
    rows = agent.tracegloss("symbols", *ERROR).text.splitlines()
    assert [row.split()[1] for row in rows] == [
        "_order",
        "chat_completion",
        "check_input",
        "check_refund_eligibility",
        "extract_arguments",
        "find_order",
        "plan_action",
        "policy_window",
        "support_agent",
    ]


def test_json_names_the_first_of_the_newest_trace(agent: Shell) -> None:
    ran = agent.tracegloss("symbols", "policy", *ERROR, "--format", "json")
    check_report(ran)
    trace_id = "tr-a0e76158dcbc56fa9bd0a146acdf66e0"
    assert json.loads(ran.out) == {
        "schema": "tracegloss.symbols/1",
        "traces": [trace_id],
        "traces_of_other_code": 0,
        "symbols": [
            {
                "place": {
                    "repository": "r0",
                    "path": "tools/refunds.py",
                    "line": 15,
                    "column": 17,
                    "end_line": 15,
                    "end_column": 27,
                    "cell": None,
                },
                "name": "policy_window",
                "container": "check_refund_eligibility",
                "spans": 1,
                "target": {"trace_id": trace_id, "span_id": "6bb1051c1d27070d"},
            }
        ],
    }


def test_without_a_store_a_trace_must_be_named(agent: Shell) -> None:
    check_fault(agent.tracegloss("symbols", "policy"), "No tracking store found (looked at: ")
