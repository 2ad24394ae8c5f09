"""Every header of the text report adds up to the rows below it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report import samples
from tests.report.builder import S, finding, judged, on_code, resolved, tie, unresolved
from tests.report.rendering import EVERYTHING, OPTIONS, text
from tracegloss.model.finding import OriginPart, OutputOrigin, Severity
from tracegloss.model.resolution import Confidence, Resolution
from tracegloss.recorded import Recorded
from tracegloss.report.options import ReportOptions
from tracegloss.trace_on_code import TraceOnCode

OUTCOMES: tuple[Resolution, ...] = (
    resolved("m.py:3", "f"),
    resolved("n.py:3", "g", confidence=Confidence.STRONG),
    resolved("o.py:3", "h", confidence=Confidence.WEAK),
    tie("p.py:1", "q.py:1"),
    unresolved("library"),
    unresolved("mlflow"),
    unresolved("dynamic", "name is variable"),
)


_FEW = st.integers(0, 5)


@st.composite
def _spans(draw: st.DrawFn, depth: int = 2) -> S:
    children = draw(st.lists(_spans(depth - 1), max_size=3)) if depth else []
    code: Resolution = draw(st.sampled_from(OUTCOMES))
    return S(
        draw(st.sampled_from(["run", "call", "step"])),
        code,
        start=draw(st.integers(0, 5)),
        ms=draw(st.integers(0, 9)),
        error=draw(st.booleans()),
        tokens=draw(st.none() | st.tuples(_FEW, _FEW)) if not children else None,
        children=tuple(children),
    )


@st.composite
def traces(draw: st.DrawFn) -> TraceOnCode:
    severities = draw(st.lists(st.sampled_from(list(Severity)), max_size=6))
    found = tuple(finding("slow-span", f"n{n}", severity=s) for n, s in enumerate(severities))
    words = st.sampled_from(["failed", "passed", "unclear", "scorer-error", "unmet", "overridden"])
    outcomes = draw(st.lists(words, max_size=6))
    assessments = tuple(judged(f"a{n}", word) for n, word in enumerate(outcomes))
    lengths = draw(st.lists(st.integers(1, 30), max_size=5))
    parts = tuple(
        OriginPart(
            sum(lengths[:n]), sum(lengths[: n + 1]), Recorded("x"), "0000000000000001", "added"
        )
        for n in range(len(lengths))
    )
    return on_code(
        draw(_spans()),
        findings=found,
        assessments=assessments,
        origin=OutputOrigin(sum(lengths) + draw(st.integers(0, 9)), parts),
    )


def _section(shown: str, heading: str) -> str:
    found = re.search(rf"^{heading}\b(.*?)(?=\n\n|\Z)", shown, re.MULTILINE | re.DOTALL)
    return "" if found is None else found[1]


def check(trace: TraceOnCode, options: ReportOptions) -> None:
    shown = text(trace, options)
    tree = _section(shown, "SPANS")
    rows = [line for line in tree.split("\n")[1:] if re.search(r" (ms|s|open)¹? ", line)]
    hidden = _number(r"(\d+) library spans? not shown", tree, 0)
    folded = sum(_number(" \N{MULTIPLICATION SIGN}(\\d+)", row, 1) for row in rows)
    n_spans = len(trace.trace.spans)
    assert folded + hidden == n_spans

    tokens = sum(int(n) for n in re.findall(r"  (\d+) tok ", tree))
    assert tokens == _number(r" · (\d+) tokens? \(", shown, 0)

    [resolved_, of, ambiguous, missing] = _summary(tree)
    assert (resolved_ + ambiguous + missing, of) == (n_spans, n_spans)

    unresolved_rows = _section(shown, "NOT RESOLVED")
    if missing:
        assert re.match(rf"  {missing} of {n_spans}\n", unresolved_rows)
        counts = re.findall(r"^  [a-z-]+ +(\d+)  ", unresolved_rows, re.MULTILINE)
        assert sum(map(int, counts)) == missing

    findings = _section(shown, "FINDINGS")
    said = sum(int(n) for n in re.findall(r"(\d+) (?:error|warning|information|hint)", findings))
    assert said == len(trace.examination.findings) == shown.count("slow-span  ")

    origin = _section(shown, "ORIGIN OF THE OUTPUT")
    if origin:
        [whole] = re.findall(r"^  ([\d,]+) character", origin)
        assert sum(int(n) for n in re.findall(r"^ +(\d+) +\d+ %", origin, re.MULTILINE)) == int(
            whole
        )

    assessments = _section(shown, "ASSESSMENTS")
    if assessments:
        n_named = len(re.findall(r"\ba\d", assessments))
        assert re.match(rf"  {n_named}\n", assessments)


def _number(pattern: str, shown: str, absent: int) -> int:
    found = re.search(pattern, shown)
    return absent if found is None else int(found[1])


def _summary(tree: str) -> list[int]:
    return [
        _number(r"(\d+) of \d+ spans? on code", tree, -1),
        _number(r"\d+ of (\d+) spans? on code", tree, -1),
        _number(r"(\d+) ambiguous", tree, 0),
        _number(r"(\d+) not resolved", tree, 0),
    ]


@given(traces())
def test_headers_add_up(trace: TraceOnCode) -> None:
    check(trace, OPTIONS)
    check(trace, EVERYTHING)


@pytest.mark.parametrize("sample", ["tool_error"])
def test_headers_of_samples_add_up(sample: str) -> None:
    shown = text(samples.ALL[sample]())
    assert "FINDINGS  1 error\n" in shown
    assert "5 of 5 spans on code: 1 exact, 4 strong" in shown
