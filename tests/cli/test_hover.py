"""`tracegloss hover FILE:LINE:COL`: what an editor says of a place, without its markup."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.made_traces import hostile_info, hostile_span, made_trace
from tests.cli.running import Shell, check_fault, check_report
from tests.conftest import REPOSITORY
from tracegloss.cli.places import positions_at
from tracegloss.cli.readable import readable
from tracegloss.errors import UsageError
from tracegloss.report.text.segments import text_of
from tracegloss.wording.markup import code_span, escaped, fence
from tracegloss.wording.printable import one_line

ERROR = ("--trace", "error-in-tool.json")
JUDGED = ("--trace", "judged-wrong.json")
RAISED_AT = "tools/policies.py:15:9"

RAISED = """\
✗ PolicyError: no refund window for category 'gift_card'  1 of 1 call · 2026-11-23 16:07:13 UTC

Through check_refund_eligibility (tools/refunds.py:14), support_agent (agent/orchestrator.py:25);
not handled

  category  gift_card

Exact: this line is in the recorded stack, and its text is the same. The trace recorded no commit:
this is the code as it is now.
"""
CALLED = """\
check_refund_eligibility  made at tools/refunds.py:14

  order  {"order_id": "A-1009", "today": 120, "category": "gift_card", "amount": 10 … +63

1 call in 1 trace · 1 error

Exact: its stack frame is tools/refunds.py:17 in check_refund_eligibility, same text; function name
check_refund_eligibility; parameter order; span type TOOL; called by SupportAgent.handle
(agent/orchestrator.py:25); child policy_window is reachable from it. The trace recorded no commit:
this is the code as it is now.
"""
SITE = """\
search_knowledge_base  last call shown: OK · 8.5 ms · 2026-11-23 16:07:20 UTC

! retrieval_relevance failed: The question is about refunds, but the only document returned is
  ship-001, an article on shipping times. (fake-judge-large)

! Expected document "ref-001" is in no output of this trace

· "refund" is in the question and in plan_action's output, in no returned document

  query  What is our refund policy?
  top_k  3
  ─────── returned, 1 document
  [0]    kb://ship-001  score 11.4302
         Orders arrive within 3 to 5 working days. Our policy is to ship every order … +113

1 call in 1 trace · 0 errors

Exact: function name search_knowledge_base; parameters query, top_k; span type RETRIEVER; called by
SupportAgent.handle (agent/orchestrator.py:25); children lookup and rerank are all reachable from
it. The trace recorded no commit: this is the code as it is now.
"""
SHOWN = {
    (RAISED_AT, *ERROR): RAISED,
    ("tools/policies.py:15:30", *ERROR): RAISED,
    ("tools/policies.py:15", *ERROR): RAISED,
    ("agent/orchestrator.py:38:21", *ERROR): CALLED,
    ("agent/orchestrator.py:38", *ERROR): CALLED,
    ("retrieval/kb.py:16", *JUDGED): SITE,
    ("tools/policies.py:1", *ERROR): "nothing at tools/policies.py:1 (1 trace)\n",
    ("retrieval/kb.py:16:5", *JUDGED): SITE,
    ("./retrieval/kb.py:16:26", *JUDGED, *ERROR): SITE.replace("1 trace", "2 traces"),
    ("tools/policies.py:1:1", *ERROR): "nothing at tools/policies.py:1:1 (1 trace)\n",
    ("README.md:1:1", *ERROR): "nothing at README.md:1:1 (1 trace)\n",
}


@pytest.mark.parametrize("written", SHOWN)
def test_what_is_said_of_a_place(agent: Shell, written: tuple[str, ...]) -> None:
    ran = agent.tracegloss("hover", *written)
    check_report(ran)
    assert ran.text == SHOWN[written]


def test_json_holds_the_markdown_of_editors(agent: Shell) -> None:
    ran = agent.tracegloss("hover", RAISED_AT, *ERROR, "--format", "json")
    check_report(ran)
    trace_id = "tr-a0e76158dcbc56fa9bd0a146acdf66e0"
    target = {"trace_id": trace_id, "span_id": "6bb1051c1d27070d"}
    links = [("stack", "Full stack"), ("span", "Input and output"), ("pin", "Pin trace")]
    assert json.loads(ran.out) == {
        "schema": "tracegloss.hover/1",
        "traces": [trace_id],
        "traces_of_other_code": 0,
        "hover": {
            "place": {
                "repository": "r0",
                "path": "tools/policies.py",
                "line": 15,
                "column": 9,
                "end_line": 15,
                "end_column": 14,
                "cell": None,
            },
            "markdown": (
                "✗ **`PolicyError`: `no refund window for category 'gift_card'`** \u00a0 "
                "1 of 1 call · 2026-11-23 16:07:13 UTC"
                "\n\nThrough `check_refund_eligibility` (`tools/refunds.py:14`), "
                "`support_agent` (`agent/orchestrator.py:25`); not handled"
                "\n\n```text\ncategory  gift_card\n```"
                "\n\n*Exact*: this line is in the recorded stack, and its text is the same. "
                "The trace recorded no commit: this is the code as it is now.\n"
            ),
            "links": [
                {"kind": kind, "label": label, "target": target, "url": None}
                for kind, label in links
            ],
        },
    }
    nothing = agent.tracegloss("hover", "main.py:1:1", *ERROR, "--format", "json")
    assert json.loads(nothing.out)["hover"] is None


WRONG = {
    "main.py": "A position is FILE:LINE[:COL] (main.py). ",
    "main.py:0": "No line 0 (main.py). Count from 1 to ",
    "main.py:one:1": "No such file (main.py:one). ",
    "main.py:-1:1": "No such file (main.py:-1). ",
    "main.py:0:1": "No line 0 (main.py). Count from 1 to ",
    "main.py:9999:1": "No line 9999 (main.py). Count from 1 to ",
    "main.py:1:0": "No column 0 (main.py:1). Count from 1 to ",
    "main.py:1:999": "No column 999 (main.py:1). Count from 1 to ",
    "absent.py:1:1": "No such file (absent.py). ",
    "tools:1:1": "No such file (tools). ",
    "../home/outside.py:1:1": "The file lies outside the root (../home/outside.py). ",
    "main.py#3:1:1": "No such file (main.py#3). ",
    "a\x1b[31m.py:1:1": "No such file (a\\x1b[31m.py). ",
}


@pytest.mark.parametrize("position", WRONG)
def test_positions_that_are_nowhere(
    agent: Shell, monkeypatch: pytest.MonkeyPatch, position: str
) -> None:
    (agent.home / "outside.py").touch()
    monkeypatch.chdir(agent.folder)
    with pytest.raises(UsageError) as fault:
        positions_at(agent.folder, position)
    assert one_line(str(fault.value)).startswith(WRONG[position])


def test_a_wrong_position_is_one_line(agent: Shell) -> None:
    check_fault(agent.tracegloss("hover", "main.py:0:1"), "No line 0 (main.py). Count from 1 to ")
    check_fault(agent.tracegloss("hover", "\x1b[2J.py:1:1"), "No such file (\\x1b[2J.py). ")


def test_a_cell_of_a_notebook(tmp_path: Path) -> None:
    study = REPOSITORY / "fixtures" / "eval" / "notebook"
    asked = ("--root", str(study / "app"), "--trace", str(study / "traces" / "01-cook.json"))
    shell = Shell(study / "app", tmp_path)
    ran = shell.tracegloss("hover", "notebooks/cooking.ipynb#4:2:5", *asked, "--no-cache")
    check_report(ran, "extract_ingredients  last call shown: OK")
    whole = shell.tracegloss("hover", "notebooks/cooking.ipynb:2:5", *asked, "--no-cache")
    check_fault(whole, "Nothing to read there (notebooks/cooking.ipynb). ")


@pytest.mark.parametrize("text", ["\x1b]0;title\x07", "a\n```\n# b", "*_`<b>&amp;\\", "\u202egnp"])
def test_hostile_traces_stay_data(agent: Shell, text: str) -> None:
    given = made_trace([hostile_span(2, text)], **hostile_info(text))
    ran = agent.tracegloss("hover", "agent/orchestrator.py:25:9", "--trace", "-", given=given)
    check_report(ran, "handle (span support_agent)")


READABLE = [
    "plain words",
    "`one` and ``two``",
    "``",
    "`",
    "two  spaces",
    "a*b_c\\d<e>&f#[g](h)!~|@",
    "&nbsp;&lt;&amp;",
    "``` fence",
]


@pytest.mark.parametrize("text", READABLE)
def test_markup_is_taken_off_as_it_was_put_on(text: str) -> None:
    written = [escaped(text), f"**{code_span(text)}**", *fence([text, "```", "> *a*"])]
    rows = [text_of(line) for line in readable("\n".join(written), 200)]
    assert rows == [text, text, f"  {text}", "  ```", "  > *a*"]
