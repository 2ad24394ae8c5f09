"""Forms for other programs: workflow commands, SARIF, the summary of many traces, exit status."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.report import samples
from tests.report.builder import BEGAN_NS, S, finding, on_code, place
from tracegloss.model.finding import Severity
from tracegloss.recorded import Recorded, phrase
from tracegloss.report.github import github_report
from tracegloss.report.options import Threshold
from tracegloss.report.outcome import exit_status
from tracegloss.report.sarif import sarif_report
from tracegloss.report.summary import json_summary, sightings
from tracegloss.wording.markup import code_span, escaped, fence


def test_workflow_commands_name_place_and_rule() -> None:
    assert github_report(samples.tool_error()) == (
        "::error file=tools/basic.py,line=4,endLine=4,col=5,title=error-raised::"
        "RuntimeError: boom: asked to (trace tr-b9fc83a5fa27e603f05a347b7eb71243)\n"
    )


def test_workflow_commands_escape_what_would_end_them() -> None:
    odd = finding(
        "slow-span", phrase("{m}", m=Recorded("50 %\n::error::x")), at=place("a,b:c.py:3")
    )
    assert github_report(on_code(S("a", "m.py:1"), findings=(odd,))) == (
        "::warning file=a%2Cb%3Ac.py,line=3,endLine=3,col=1,title=slow-span::"
        "50 %25\\n::error::x (trace tr-b9fc83a5fa27e603f05a347b7eb71243)\n"
    )


@pytest.mark.parametrize(
    "severity, suppressed, failing",
    [
        (Severity.ERROR, None, {"error", "warning", "information"}),
        (Severity.WARNING, None, {"warning", "information"}),
        (Severity.INFORMATION, None, {"information"}),
        (Severity.HINT, None, set()),
        (Severity.ERROR, "baseline", set()),
    ],
)
def test_exit_status_is_one_only_when_asked_for(
    severity: Severity, suppressed: str | None, failing: set[str]
) -> None:
    found = finding("slow-span", "slow", severity=severity, suppressed=suppressed)
    levels: tuple[Threshold, ...] = ("never", "error", "warning", "information")
    assert {level for level in levels if exit_status([found], level)} == failing


def test_equal_findings_of_many_traces_are_one_entry() -> None:
    slow = finding("slow-span", "slow", at="m.py:3", fingerprint="a" * 16)
    raised = replace(slow, rule="error-raised", severity=Severity.ERROR, fingerprint="b" * 16)
    traces = [
        on_code(S("a", "m.py:1"), findings=(slow,), trace_id="tr-1", request_ns=BEGAN_NS),
        on_code(
            S("a", "m.py:1"), findings=(slow, raised), trace_id="tr-2", request_ns=BEGAN_NS + 10**9
        ),
        on_code(S("a", "m.py:1"), trace_id="tr-3"),
    ]
    summary: Any = json_summary(map(sightings, traces), "error")
    first, second = summary["by_fingerprint"]
    assert summary["traces"] == 3
    assert summary["outcome"] == {"fail_on": "error", "exit_status": 1}
    assert (first["rule"], first["traces"], first["example_trace_id"]) == (
        "error-raised",
        1,
        "tr-2",
    )
    assert second == {
        "fingerprint": "a" * 16,
        "rule": "slow-span",
        "severity": "warning",
        "place": {
            "repository": "r0",
            "path": "m.py",
            "line": 3,
            "column": 5,
            "end_line": 3,
            "end_column": 11,
            "cell": None,
        },
        "message": "slow",
        "traces": 2,
        "first": "2026-11-23T07:45:11.000Z",
        "last": "2026-11-23T07:45:12.000Z",
        "example_trace_id": "tr-2",
    }


def test_sarif_has_a_result_a_finding() -> None:
    report: Any = sarif_report(samples.wrong_answer())
    [run] = report["runs"]
    results = run["results"]
    assert [result["ruleId"] for result in results] == [
        "expectation-unmet",
        "assessment-failed",
        "assessment-failed",
        "retrieval-missing-term",
    ]
    assert results[0]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "retrieval/kb.py"},
        "region": {"startLine": 14, "startColumn": 5, "endLine": 14, "endColumn": 26},
    }


@pytest.mark.parametrize(
    "text, span",
    [("a", "`a`"), ("a`b", "``a`b``"), ("``", "``` `` ```"), ("", "`   `"), (" ", "`   `")],
)
def test_code_spans_hold_any_backticks(text: str, span: str) -> None:
    assert code_span(text) == span


def test_fences_hold_any_fence() -> None:
    assert fence(["````", "x"]) == ["`````text", "````", "x", "`````", ""]


def test_our_own_words_are_escaped() -> None:
    assert escaped("<a> *b* [c] & d_e") == r"&lt;a\> \*b\* \[c\] &amp; d\_e"
