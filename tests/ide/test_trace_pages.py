"""Pages of a trace and the detail of a span: bounded, redacted, with places as they are now."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.overlay.laying import call, document, laid, spot, stated
from tests.report.builder import S, unresolved
from tracegloss.errors import TraceNotFoundError, UsageError
from tracegloss.ide.span_detail import MOST_BYTES, span_detail
from tracegloss.ide.trace_pages import trace_page
from tracegloss.model.trace import SpanException
from tracegloss.recorded import Recorded
from tracegloss.snapshot import Snapshot, snapshot_of

SOURCE = """\
import mlflow

@mlflow.trace
def answer(question):
    return [retrieve(q) for q in question]

@mlflow.trace
def retrieve(question):
    return []
"""
MOVED = "# head\n" + SOURCE
ID = "0000000000000001"


def snapshot(*children: S, **more: Any) -> Snapshot:
    findings = (stated(SOURCE, "retrieve", "slow-span", "slow", spans=("0000000000000002",)),)
    span = call(SOURCE, "answer", 0, 100.0, *children, **more)
    return snapshot_of((), [laid(SOURCE, span, findings=findings)], [document(MOVED)])


CHILDREN = tuple(call(SOURCE, "retrieve", n + 1, 0.5) for n in range(30))


def test_rows_come_in_the_order_of_the_tree_by_pages() -> None:
    page = trace_page(snapshot(*CHILDREN), "tr-1", offset=0, limit=3)
    assert page.total == 31
    told = [(r.depth, r.name, r.start_ms, r.duration_ms, r.self_ms) for r in page.rows]
    assert told == [
        (0, "answer", 0.0, 100.0, 85.0),
        (1, "retrieve", 1.0, 0.5, 0.5),
        (1, "retrieve", 2.0, 0.5, 0.5),
    ]
    marks = [row.mark.name if row.mark is not None else "" for row in page.rows]
    assert marks == ["", "WARNING", ""]
    assert [spot(MOVED, r.place.range) for r in page.rows if r.place is not None] == [
        "5: answer",
        "9: retrieve",
        "9: retrieve",
    ]
    assert (page.rows[0].n_children, page.rows[1].parent_id) == (30, ID)


@pytest.mark.parametrize("offset, limit, n_rows", [(0, 500, 31), (30, 10, 1), (31, 10, 0)])
def test_the_last_page_is_as_long_as_it_is(offset: int, limit: int, n_rows: int) -> None:
    page = trace_page(snapshot(*CHILDREN), "tr-1", offset=offset, limit=limit)
    assert (len(page.rows), page.offset) == (n_rows, offset)


def test_the_children_of_a_span_are_a_page_too() -> None:
    page = trace_page(snapshot(*CHILDREN), "tr-1", parent=ID, limit=2)
    assert (page.total, [row.depth for row in page.rows]) == (30, [1, 1])


@pytest.mark.parametrize("offset, limit", [(-1, 10), (0, 0), (0, 501)])
def test_a_page_out_of_bounds_is_refused(offset: int, limit: int) -> None:
    with pytest.raises(UsageError):
        trace_page(snapshot(), "tr-1", offset=offset, limit=limit)


def test_an_unresolved_span_has_its_row() -> None:
    page = trace_page(snapshot(S("RunnableSequence", unresolved("library"))), "tr-1")
    assert [(row.outcome, row.confidence, row.reason, row.place is None) for row in page.rows] == [
        ("resolved", "exact", "", False),
        ("unresolved", "", "library", True),
    ]


def test_500_rows_of_the_longest_names_stay_far_below_a_megabyte() -> None:
    children = [
        call(SOURCE, "retrieve", n, more={"name": Recorded("x" * 5000)}) for n in range(600)
    ]
    page = trace_page(snapshot(*children), "tr-1", limit=500)
    assert len(json.dumps([repr(row) for row in page.rows])) < 500_000


def test_the_detail_of_a_span() -> None:
    secret = "ghp_" + "a1B2c3D4" * 5
    error = SpanException(
        Recorded("ValueError"), Recorded("no"), (), Recorded(f"Traceback\n  {secret}")
    )
    held = snapshot(inputs={"key": secret}, outputs="two\nlines", more={"exceptions": (error,)})
    detail = span_detail(held, "tr-1", ID)
    assert detail.inputs is not None
    assert detail.outputs is not None
    assert detail.inputs.text == '{\n  "key": "[key #1]"\n}'
    assert detail.outputs.text == "two\nlines"
    [exception] = detail.exceptions
    assert (exception.type, exception.message, exception.stack.text) == (
        "ValueError",
        "no",
        "Traceback\n  [key #1]",
    )
    assert detail.n_redacted == 1
    assert detail.since == "Recorded at commit 1ce4efb, shown on the code as it is now."


def test_a_large_value_is_cut_and_says_so() -> None:
    held = snapshot(inputs="é" * MOST_BYTES, outputs="short")
    detail = span_detail(held, "tr-1", ID)
    assert detail.inputs is not None
    assert detail.outputs is not None
    assert len(detail.inputs.text.encode()) <= MOST_BYTES
    assert (detail.inputs.is_cut, detail.inputs.n_bytes) == (True, 2 * MOST_BYTES)
    assert not detail.outputs.is_cut


@pytest.mark.parametrize("trace, span", [("tr-2", ID), ("tr-1", "f" * 16)])
def test_what_is_not_loaded_is_said(trace: str, span: str) -> None:
    with pytest.raises(TraceNotFoundError):
        span_detail(snapshot(), trace, span)
    with pytest.raises(TraceNotFoundError):
        trace_page(snapshot(), trace, parent=span)
