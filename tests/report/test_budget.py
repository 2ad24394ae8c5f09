"""A budget is a hard bound, filled in a fixed order, and says what it left out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report import samples
from tests.report.builder import S, on_code, place, resolved
from tests.report.rendering import OPTIONS
from tests.report.test_figures import traces
from tests.report.test_safety import planted
from tracegloss.errors import UsageError
from tracegloss.model.finding import Reason, Verdict
from tracegloss.recorded import phrase
from tracegloss.report.budget.report import budget_report
from tracegloss.report.options import ReportOptions
from tracegloss.trace_on_code import TraceOnCode


def tokens_of(text: str) -> float:
    return len(text.encode("utf-8")) / 3


@given(traces() | st.text(max_size=300).map(planted), st.integers(200, 5000))
def test_the_bound_holds(trace: TraceOnCode, budget: int) -> None:
    shown = budget_report(trace, OPTIONS, budget)
    assert tokens_of(shown) <= budget
    assert shown == budget_report(trace, OPTIONS, budget)
    *_, omitted, more = shown.splitlines()
    assert omitted.startswith("omitted: ")
    assert more.startswith("more: ")


@pytest.mark.parametrize("budget", [200, 201, 230, 300, 600, 3000])
@pytest.mark.parametrize("sample", ["wrong_answer", "tool_error"])
def test_place_and_span_of_the_verdict_are_there_at_any_budget(sample: str, budget: int) -> None:
    trace = samples.ALL[sample]()
    verdict = trace.examination.verdict
    assert verdict.start_at is not None
    shown = budget_report(trace, OPTIONS, budget)
    assert f"{verdict.start_at.path}:{verdict.start_at.range.start.line + 1}" in shown
    assert str(verdict.span_id) in shown


@pytest.mark.parametrize("budget", [200, 230, 300, 600])
def test_of_the_code_the_raise_line_of_a_proven_error_is_kept_first(budget: int) -> None:
    at = place("app.py:3")
    reasons = (Reason(phrase("No traced caller handled it.")),) * 20
    source = "def load(order):\n    if not order:\n        raise LookupError(order, 'is unknown')\n"
    verdict = Verdict(
        "error",
        "proven",
        phrase("LookupError: unknown"),
        at,
        "00000000000000ab",
        reasons,
    )
    trace = on_code(
        S("load", resolved("app.py:1", "load"), id="00000000000000ab"),
        verdict=verdict,
        sources={"app.py": source},
    )
    shown = budget_report(trace, OPTIONS, budget).splitlines()
    assert "3         raise LookupError(order, 'is unknown')" in shown
    assert "- LookupError: unknown" in shown


def test_a_long_path_and_long_names_leave_no_room_for_the_title() -> None:
    path = "/".join(["folder_of_some_length"] * 13) + "/module.py"
    name = "n" * 300
    verdict = Verdict(
        "suspicious", "likely", phrase("Look."), place(f"{path}:7"), "00000000000000ab", ()
    )
    trace = on_code(S(name, resolved(f"{path}:7", name), id="00000000000000ab"), verdict=verdict)
    options = ReportOptions(command="correlate " + "x" * 200)
    shown = budget_report(trace, options, 200)
    assert tokens_of(shown) <= 200
    assert f"{path}:7" in shown
    assert "00000000000000ab" in shown


@pytest.mark.parametrize("budget", [199, 0, -5])
def test_too_small_a_budget_is_a_usage_error(budget: int) -> None:
    with pytest.raises(UsageError, match="The least is 200"):
        budget_report(samples.wrong_answer(), OPTIONS, budget)


KINDS = (
    "# ",
    "verdict",
    "- ",
    "code ",
    "in  ",
    "out ",
    "path ",
    "findings",
    "tree",
    "assessments",
    "omitted",
    "more",
)


def test_blocks_stand_in_a_fixed_order() -> None:
    trace = samples.wrong_answer()
    shown = budget_report(trace, OPTIONS, 20_000)
    first = [next((k for k in KINDS if line.startswith(k)), None) for line in shown.splitlines()]
    order = [kind for kind in dict.fromkeys(first) if kind is not None]
    assert order == [kind for kind in KINDS if kind in order]
    assert "omitted: nothing" in shown


@given(traces())
def test_an_ample_budget_leaves_nothing_out(trace: TraceOnCode) -> None:
    shown = budget_report(trace, OPTIONS, 200_000)
    assert "omitted: nothing" in shown
    assert len(re.findall(r"^- (?:hint|information|warning|error) ", shown, re.MULTILINE)) == len(
        trace.examination.findings
    )
