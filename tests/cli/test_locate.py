"""`tracegloss locate TRACE SPAN`: `path:line` alone, for `code -g` and its like."""

from __future__ import annotations

import json

import pytest

from tests.cli.made_traces import ROOT_NUMBER, made_span, made_trace
from tests.cli.running import TRACES, Shell, check_fault, check_report

ERROR = "error-in-tool.json"
JUDGED = "judged-wrong.json"
WINDOW = "6bb1051c1d27070d"
SEARCH = "886be1382a85eeb8"

SHOWN = {
    (ERROR, WINDOW): "tools/refunds.py:15\n",
    (ERROR, "6BB1051C"): "tools/refunds.py:15\n",
    (JUDGED, SEARCH): "retrieval/kb.py:16\n",
}


@pytest.mark.parametrize("asked", SHOWN)
def test_the_line_of_a_span(agent: Shell, asked: tuple[str, str]) -> None:
    ran = agent.tracegloss("locate", *asked)
    check_report(ran)
    assert ran.text == SHOWN[asked]


def test_the_path_opens_from_the_folder_one_stands_in(agent: Shell) -> None:
    below = Shell(agent.folder / "retrieval", agent.home)
    ran = below.tracegloss("locate", f"../{ERROR}", WINDOW, "--root", "..")
    assert ran.text == "../tools/refunds.py:15\n"


def test_a_span_is_found_in_any_trace_of_a_file(agent: Shell) -> None:
    given = b"\n".join((TRACES / name).read_bytes() for name in (ERROR, JUDGED))
    for span_id, line in ((WINDOW, "tools/refunds.py:15\n"), (SEARCH, "retrieval/kb.py:16\n")):
        assert agent.tracegloss("locate", "-", span_id, given=given).text == line
    several = agent.tracegloss("locate", "-", "4", given=given)
    assert (several.status, several.out) == (2, b"")


def test_json_says_how_sure_and_why(agent: Shell) -> None:
    ran = agent.tracegloss("locate", ERROR, WINDOW, "--format", "json")
    check_report(ran)
    trace_id = "tr-a0e76158dcbc56fa9bd0a146acdf66e0"
    assert json.loads(ran.out) == {
        "schema": "tracegloss.location/1",
        "traces": [trace_id],
        "traces_of_other_code": 0,
        "target": {"trace_id": trace_id, "span_id": WINDOW},
        "outcome": "resolved",
        "confidence": "exact",
        "place": place("tools/refunds.py", (15, 17), (15, 27)),
        "extent": place("tools/refunds.py", (15, 5), (18, 33)),
        "qualified_name": "check_refund_eligibility",
        "reasons": [
            "its stack frame is tools/refunds.py:17 in check_refund_eligibility, same text",
            "span name policy_window",
            "called by check_refund_eligibility (tools/refunds.py:14)",
        ],
        "alternatives": [],
        "candidates": [],
        "called_from": place("agent/orchestrator.py", (38, 20), (38, 44)),
        "near": None,
        "is_gone": False,
    }


def place(path: str, start: tuple[int, int], end: tuple[int, int]) -> dict[str, object]:
    return {
        "repository": "r0",
        "path": path,
        "line": start[0],
        "column": start[1],
        "end_line": end[0],
        "end_column": end[1],
        "cell": None,
    }


TWIN = "import mlflow\n\n\n@mlflow.trace\ndef step(x):\n    return x\n"


def test_a_span_that_two_lines_may_have_made(own_agent: Shell) -> None:
    for name in ("left.py", "right.py"):
        (own_agent.folder / name).write_text(TWIN, "utf-8")
    attributes = {"mlflow.spanInputs": '{"x": 1}', "mlflow.spanFunctionName": '"step"'}
    given = made_trace([made_span(2, ROOT_NUMBER, "step", attributes=attributes)])
    asked = ("locate", "-", "0000000000000002")
    ran = own_agent.tracegloss(*asked, given=given)
    check_fault(ran, "2 lines may have made this span (left.py:5, right.py:5). ")
    told = json.loads(own_agent.tracegloss(*asked, "--format", "json", given=given).out)
    assert (told["outcome"], told["place"]) == ("ambiguous", None)
    assert told["candidates"] == [place(f"{n}.py", (5, 5), (5, 9)) for n in ("left", "right")]


def test_what_has_no_line_is_a_fault(agent: Shell) -> None:
    check_fault(agent.tracegloss("locate", ERROR, "ffff"), "No span 'ffff' in this trace (trace ")
    check_fault(agent.tracegloss("locate", "absent.json", WINDOW), "No such file (absent.json). ")
    nowhere = str(TRACES / "unresolved.json")
    ran = agent.tracegloss("locate", nowhere, "73aeece28959170d")
    check_fault(ran, "No line is known for this span: other-repository: ")
    told = json.loads(agent.tracegloss("locate", nowhere, "73aeece2", "--format", "json").out)
    assert (told["outcome"], told["place"], told["candidates"]) == ("unresolved", None, [])
