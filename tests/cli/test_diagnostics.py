"""`tracegloss diagnostics`: one finding a line, as an editor would show them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.running import Shell, check_fault, check_report
from tests.tracking_server import NEWEST_STORE, STORES

ERROR = "error-in-tool.json"
JUDGED = "judged-wrong.json"
STORE = f"sqlite:///{STORES / NEWEST_STORE / 'store.db'}"
WHERE = ("--tracking-uri", STORE, "--experiment", "orders")

RAISED = (
    "tools/policies.py:15:9: error error-raised PolicyError: no refund window for category "
    "'gift_card' (1 of 1 call)\n"
)
JUDGEMENTS = (
    "retrieval/kb.py:16:5: warning assessment-failed retrieval_relevance failed: The question is "
    "about refunds, but the only document returned is ship-001, an article on shipping times. "
    "(fake-judge-large)\n"
    'retrieval/kb.py:16:5: warning expectation-unmet Expected document "ref-001" is in no output '
    "of this trace\n"
    'retrieval/kb.py:16:5: hint retrieval-missing-term "refund" is in the question and in '
    "plan_action's output, in no returned document\n"
)
OF_WHOLE_TRACE = (
    "agent/orchestrator.py:25:9: information assessment-failed The trace was judged wrong: "
    "correctness failed: The refund window is not mentioned. (fake-judge-large)\n"
)
SHOWN = {
    ERROR: RAISED,
    JUDGED: OF_WHOLE_TRACE + JUDGEMENTS,
    f"{JUDGED} {ERROR}": OF_WHOLE_TRACE + JUDGEMENTS + RAISED,
    f"{ERROR} {ERROR}": RAISED,
    f"{ERROR} --root safety": "no finding (1 trace)\n",
}


@pytest.mark.parametrize("written", SHOWN)
def test_the_findings_of_named_traces(agent: Shell, written: str) -> None:
    ran = agent.tracegloss("diagnostics", *written.split())
    check_report(ran)
    assert ran.text == SHOWN[written]


@pytest.mark.parametrize(
    "trace, level, status",
    [(ERROR, "error", 1), (JUDGED, "error", 0), (JUDGED, "warning", 1), (JUDGED, "never", 0)],
)
def test_only_fail_on_makes_it_fail(agent: Shell, trace: str, level: str, status: int) -> None:
    ran = agent.tracegloss("diagnostics", trace, "--fail-on", level)
    assert (ran.status, ran.text, ran.said) == (status, SHOWN[trace], "")


def test_a_comment_silences_a_finding(own_agent: Shell) -> None:
    raising = own_agent.folder / "tools" / "policies.py"
    rows = raising.read_text("utf-8").splitlines()
    rows[14] += "  # tracegloss: ignore[error-raised]"
    raising.write_text("\n".join(rows) + "\n", "utf-8")
    assert own_agent.tracegloss("diagnostics", ERROR).text == "no finding (1 trace)\n"


@pytest.mark.parametrize(
    "line, shown",
    [
        ('raise PolicyError(f"no refund window for category {category!r}")  # why', RAISED),
        ("return 14", "no finding (1 trace)\n"),
        ('raise PolicyError("none")', "no finding (1 trace)\n"),
    ],
)
def test_a_raise_line_that_reads_otherwise_now_is_not_marked(
    own_agent: Shell, line: str, shown: str
) -> None:
    raising = own_agent.folder / "tools" / "policies.py"
    rows = raising.read_text("utf-8").splitlines()
    rows[14] = f"        {line}"
    raising.write_text("\n".join(rows) + "\n", "utf-8")
    assert own_agent.tracegloss("diagnostics", ERROR).text == shown


def test_paths_start_at_the_folder_one_stands_in(agent: Shell) -> None:
    below = Shell(agent.folder / "tools", agent.home)
    ran = below.tracegloss("diagnostics", f"../{ERROR}", "--root", "..")
    assert ran.text == RAISED.replace("tools/policies.py", "policies.py")


def test_json_says_the_same_with_related_places(agent: Shell) -> None:
    ran = agent.tracegloss("diagnostics", ERROR, "--format", "json")
    check_report(ran)
    told = json.loads(ran.out)
    (found,) = told.pop("diagnostics")
    trace_id = "tr-a0e76158dcbc56fa9bd0a146acdf66e0"
    assert told == {
        "schema": "tracegloss.diagnostics/1",
        "traces": [trace_id],
        "traces_of_other_code": 0,
        "beyond": 0,
    }
    assert found == {
        "place": place("tools/policies.py", 15, 9, 14),
        "severity": "error",
        "code": "error-raised",
        "message": "PolicyError: no refund window for category 'gift_card' (1 of 1 call)",
        "related": [
            {
                "place": place("tools/refunds.py", 14, 5, 29),
                "message": "passed through check_refund_eligibility",
            },
            {"place": place("agent/orchestrator.py", 25, 9, 15), "message": "ended support_agent"},
        ],
        "page": "docs/rules/error-raised.md",
        "fingerprint": found["fingerprint"],
        "target": {"trace_id": trace_id, "span_id": "6bb1051c1d27070d"},
    }


def place(path: str, line: int, column: int, end_column: int) -> dict[str, object]:
    return {
        "repository": "r0",
        "path": path,
        "line": line,
        "column": column,
        "end_line": line,
        "end_column": end_column,
        "cell": None,
    }


def test_the_traces_that_load_by_themselves(tmp_path: Path) -> None:
    """Without a trace, those of the chosen experiment that this code made are taken."""
    shutil.copy(STORES / "recorded_program.py", tmp_path)
    ran = Shell(tmp_path, tmp_path / "home").tracegloss("diagnostics", *WHERE)
    check_report(ran)
    assert [" ".join(row.split()[:3]) for row in ran.text.splitlines()] == [
        "recorded_program.py:53:5: error error-raised",
        "recorded_program.py:61:5: warning expectation-unmet",
        "recorded_program.py:61:5: information assessment-failed",
        "recorded_program.py:66:9: information repeated-call",
    ]


def test_traces_of_other_code_are_left_out_and_counted(agent: Shell) -> None:
    ran = agent.tracegloss("diagnostics", *WHERE)
    check_report(ran)
    assert ran.text == "no finding (0 traces; 5 of other code left out)\n"


def test_what_cannot_be_loaded_is_one_line(agent: Shell) -> None:
    check_fault(agent.tracegloss("diagnostics"), "No tracking store found (looked at: setting, ")
    check_fault(agent.tracegloss("diagnostics", "absent.json"), "No such file (absent.json). ")
    ran = agent.tracegloss("diagnostics", "tr-0123", *WHERE)
    check_fault(ran, "No trace tr-0123 (")
