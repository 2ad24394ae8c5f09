"""The tree of rows: without library spans, equal siblings folded, large trees cut short."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.report.builder import S, on_code, resolved, unresolved
from tests.report.rendering import text
from tests.report.test_figures import traces
from tracegloss.model.resolution import Confidence
from tracegloss.report.folding import Row, fold, rows
from tracegloss.report.marking import marks
from tracegloss.report.skeleton import Gap, skeleton
from tracegloss.trace_on_code import TraceOnCode


def drawn(trace: TraceOnCode, *, everything: bool = False) -> list[str]:
    names = {s: str(span.name._value) for s, span in trace.tree.spans.items()}
    return [
        f"{'  ' * row.depth}{names[row.first]}"
        + (f" {len(row.span_ids)}" if len(row.span_ids) > 1 else "")
        for row in rows(fold(trace, marks(trace), everything=everything))
    ]


def leaf(name: str, start: float, code: str = "m.py:2", **more: object) -> S:
    return S(name, code, start, **more)  # type: ignore[arg-type]


LIBRARY = unresolved("library")

CASES: dict[str, tuple[tuple[S, ...], list[str]]] = {
    "equal neighbours fold": (
        (leaf("a", 1), leaf("a", 2), leaf("a", 3)),
        ["root", "  a 3"],
    ),
    "others between keep them apart": (
        (leaf("a", 1), leaf("b", 2), leaf("a", 3)),
        ["root", "  a", "  b", "  a"],
    ),
    "another line keeps them apart": (
        (leaf("a", 1), leaf("a", 2, "m.py:9")),
        ["root", "  a", "  a"],
    ),
    "less sure keeps them apart": (
        (leaf("a", 1), S("a", resolved("m.py:2", "a", confidence=Confidence.WEAK), 2)),
        ["root", "  a", "  a"],
    ),
    "a failed one stands alone": (
        (leaf("a", 1), leaf("a", 2, error=True), leaf("a", 3)),
        ["root", "  a", "  a", "  a"],
    ),
    "equal subtrees fold with what is below": (
        tuple(
            S("a", "m.py:2", n, children=(leaf("b", n, "m.py:3"), leaf("b", n, "m.py:3")))
            for n in (1, 2)
        ),
        ["root", "  a 2", "    b 4"],
    ),
    "unequal subtrees do not": (
        (S("a", "m.py:2", 1, children=(leaf("b", 1),)), leaf("a", 2)),
        ["root", "  a", "    b", "  a"],
    ),
    "library spans go, what is below moves up": (
        (S("Sequence", LIBRARY, 1, children=(S("Prompt", LIBRARY, 1), leaf("a", 2))), leaf("a", 3)),
        ["root", "  a 2"],
    ),
    "library spans with tokens stay": (
        (S("ChatModel", LIBRARY, 1, tokens=(1, 1)),),
        ["root", "  ChatModel"],
    ),
    "in a crowd equal ones fold wherever they stand": (
        tuple(leaf("ab"[n % 2], n) for n in range(14)),
        ["root", "  a 7", "  b 7"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_rows(case: str) -> None:
    children, expected = CASES[case]
    trace = on_code(S("root", "m.py:1", children=children))
    assert drawn(trace) == expected
    assert len(drawn(trace, everything=True)) == len(trace.trace.spans)


@given(traces())
def test_every_span_is_in_one_row_or_hidden(trace: TraceOnCode) -> None:
    folded = fold(trace, marks(trace))
    seen = [span_id for row in rows(folded) for span_id in row.span_ids]
    assert sorted([*seen, *folded.hidden]) == sorted(trace.tree.spans)


@given(traces())
def test_a_skeleton_keeps_urgent_rows_and_counts_the_others(trace: TraceOnCode) -> None:
    marked = marks(trace)
    everything = list(rows(fold(trace, marked)))
    for limit in (1, 3, 10):
        chosen = skeleton(everything, limit, lambda row: row.first in marked)
        kept = [row for row in chosen if isinstance(row, Row)]
        n_spans = sum(len(row.span_ids) for row in kept)
        n_spans += sum(gap.n_spans for gap in chosen if isinstance(gap, Gap))
        assert n_spans == sum(len(row.span_ids) for row in everything)
        assert len(kept) <= limit
        assert [row for row in everything if row in kept] == kept


def test_a_large_trace_is_short_and_has_what_matters() -> None:
    def branch(number: int) -> S:
        below = tuple(leaf(f"leaf{number}_{n}", n) for n in range(20))
        return S(f"branch{number}", "m.py:2", number, children=below)

    failed = S("branch", "m.py:3", 50, children=(leaf("deep", 51, error=True),))
    trace = on_code(S("root", "m.py:1", children=(*map(branch, range(40)), failed)))
    shown = text(trace)
    assert len(shown.splitlines()) < 180
    assert "✗   └ deep" in shown
    assert "more spans (--all shows them)" in shown


def test_a_very_deep_trace_is_drawn_without_recursion() -> None:
    spans = [S("call", f"m{n % 2}.py:1", n, id=f"{n:016x}") for n in range(1, 3001)]
    chained = [
        S(s.name, s.code, s.start, id=s.id, more={"parent_id": f"{n:016x}" if n else None})
        for n, s in enumerate(spans)
    ]
    trace = on_code(*chained)
    assert drawn(trace)[0] == "call"
    shown = text(trace)
    assert max(map(len, shown.splitlines())) < 200
