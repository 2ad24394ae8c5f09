"""The words beside a site, and that lenses never move text under a reader."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.overlay.laying import call, document, key, laid, site_at, stated
from tests.report.builder import S, unresolved
from tracegloss.ide.code_lens import code_lenses
from tracegloss.ide.inlay_hints import inlay_hints
from tracegloss.model.finding import Severity
from tracegloss.model.last_day import DayFigures
from tracegloss.overlay.last_day import SiteDays
from tracegloss.recorded import Recorded
from tracegloss.snapshot import Snapshot, snapshot_of, with_last_day
from tracegloss.text import range_of

SOURCE = """\
import mlflow

@mlflow.trace
def answer(question):
    return route(question)

def route(question):
    return "tools"

first, second = mlflow.trace(answer), mlflow.trace(route)
"""
WHOLE = range_of(0, 0, 99, 0)


def lens(snapshot: Snapshot) -> list[str]:
    return [hint.text for hint in inlay_hints(snapshot, key(), WHOLE)]


def calls(*spans: S, **more: Any) -> Snapshot:
    return snapshot_of((), [laid(SOURCE, *spans, **more)])


def times(number: int, **more: Any) -> list[S]:
    root = call(SOURCE, "answer", 0, 50.0)
    inner = [call(SOURCE, "route", n, 3.0, **more) for n in range(number)]
    return [replace(root, children=tuple(inner))]


ROUTER: dict[str, Any] = {"site": site_at(SOURCE, "route", kind="edge")}
TEXTS = {
    "one call": (calls(*times(1)), ["1 call · 50 ms", "1 call · 3.0 ms"]),
    "one that failed": (calls(call(SOURCE, "answer", error=True)), ["1 call · 1 error"]),
    "one that did not end": (calls(call(SOURCE, "answer", 0, None)), ["1 call"]),
    "a few calls have no percentile": (calls(*times(4)), ["1 call · 50 ms", "4 calls"]),
    "five have": (calls(*times(5)), ["1 call · 50 ms", "5 calls · p50 3.0 ms"]),
    "tokens": (
        calls(*times(2, tokens=(600, 7))), ["1 call · 50 ms", "2 calls · 1,214 tokens"],
    ),
    "errors": (
        calls(*times(5, error=True)), ["1 call · 50 ms", "5 calls · 5 errors"],
    ),
    "roots are counted as traces": (
        snapshot_of(
            (), [laid(SOURCE, call(SOURCE, "answer", 0, 2.0), trace=f"tr-{n}") for n in range(6)]
        ),
        ["6 traces · p50 2.0 ms"],
    ),
    "findings but no hints": (
        calls(
            call(SOURCE, "answer"),
            findings=(
                stated(SOURCE, "answer", "slow-span", "slow"),
                stated(SOURCE, "answer", "output-truncated", "cut"),
                stated(SOURCE, "answer", "retry-succeeded", "again", severity=Severity.HINT),
            ),
        ),
        ["1 call · 1.0 ms · 2 findings"],
    ),
    "a router shows where it went": (
        calls(call(SOURCE, "route", outputs="tools", **ROUTER)), ['1 call · 1.0 ms → "tools"'],
    ),
    "a router that went two ways": (
        calls(*(call(SOURCE, "route", outputs=o, **ROUTER) for o in ("a", "b"))), ["2 calls"],
    ),
    "a router with a long value": (
        calls(call(SOURCE, "route", outputs="x" * 50, **ROUTER)), ["1 call · 1.0 ms"],
    ),
    "what is no router keeps its output": (
        calls(call(SOURCE, "route", outputs="tools")), ["1 call · 1.0 ms"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("snapshot, said", TEXTS.values(), ids=TEXTS)
def test_the_words_beside_a_site(snapshot: Snapshot, said: list[str]) -> None:
    assert lens(snapshot) == said


def test_pinned_traces_show_their_own_times() -> None:
    traces = [
        laid(SOURCE, *times(2), trace="tr-2", minute=1),
        laid(SOURCE, *times(1), trace="tr-1"),
    ]
    one = snapshot_of((), traces, pinned=frozenset({"tr-1"}))
    assert lens(one) == ["pinned: 50 ms", "pinned: 3.0 ms"]
    both = snapshot_of((), traces, pinned=frozenset({"tr-1", "tr-2"}))
    assert lens(both) == ["pinned: 2 calls · 100 ms", "pinned: 3 calls · 9.0 ms"]
    text = SOURCE.replace("return route", "return 1 or route")
    edited = snapshot_of((), traces, [document(text)], pinned=frozenset({"tr-1"}))
    assert lens(edited) == ["pinned: 50 ms · edited since", "pinned: 3.0 ms"]


DAY = {
    Recorded("answer"): DayFigures(1204, 3, 1201, 52_000_000, 99_000_000),
    Recorded("route"): DayFigures(4, 0, 4, 1_000_000, 1_000_000),
}
WHOLE_DAY = "1,204 calls, 24 h · p50 52 ms · 3 errors"
DAYS: dict[str, tuple[Snapshot, list[str]]] = {
    "more than was loaded, percentiles from five calls": (
        calls(*times(1)), [WHOLE_DAY, "4 calls, 24 h"],
    ),
    "no more than was loaded": (
        calls(*times(5)), [WHOLE_DAY, "5 calls · p50 3.0 ms"],
    ),
    "a name of two sites": (
        calls(*times(1), replace(call(SOURCE, "route"), name="answer")),
        ["1 call · 50 ms", "2 calls"],
    ),
    "a site of two names": (
        calls(*times(1), replace(call(SOURCE, "route"), name="other")), [WHOLE_DAY, "2 calls"],
    ),
    "a name with spans on no line": (
        calls(*times(1), S("answer", unresolved("no-such-name"))),
        ["1 call · 50 ms", "4 calls, 24 h"],
    ),
    "pinned": (
        snapshot_of((), [laid(SOURCE, *times(1))], pinned=frozenset({"tr-1"})),
        ["pinned: 50 ms", "pinned: 3.0 ms"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("snapshot, said", DAYS.values(), ids=DAYS)
def test_what_a_source_adds_up_over_a_day_stands_where_name_and_site_are_alone(
    snapshot: Snapshot, said: list[str]
) -> None:
    assert lens(with_last_day(snapshot, DAY, Snapshot())) == said


def test_a_day_is_taken_over_until_it_or_the_traces_change() -> None:
    before = with_last_day(calls(*times(1)), DAY, Snapshot())
    again = with_last_day(replace(before, last_day=SiteDays()), DAY, before)
    assert again.last_day is before.last_day
    assert lens(with_last_day(before, {}, before)) == ["1 call · 50 ms", "1 call · 3.0 ms"]


def test_a_hint_stands_at_the_end_of_the_line_and_names_its_sites_when_there_are_two() -> None:
    one = site_at(
        SOURCE, "answer", at=replace(site_at(SOURCE, "answer").at, range=range_of(9, 23, 9, 28))
    )
    two = site_at(
        SOURCE, "route", at=replace(site_at(SOURCE, "route").at, range=range_of(9, 45, 9, 50))
    )
    [hint] = inlay_hints(
        calls(call(SOURCE, "answer", site=one), call(SOURCE, "route", site=two)), key(), WHOLE
    )
    assert hint.text == "trace: 1 call · 1.0 ms; trace: 1 call · 1.0 ms"
    assert (hint.at.line, hint.at.column) == (9, len(SOURCE.split("\n")[9]))


def test_only_the_asked_lines_are_answered() -> None:
    snapshot = calls(*times(1))
    assert len(inlay_hints(snapshot, key(), range_of(3, 0, 3, 0))) == 1
    assert inlay_hints(snapshot, key(), range_of(4, 0, 5, 0)) == ()


def test_a_visible_text_gets_no_new_lens_lines() -> None:
    before = replace(calls(call(SOURCE, "answer")), mode="lens")
    shown = {lens.name for lens in code_lenses(before, key())}
    traces = [laid(SOURCE, *times(1), trace="tr-2", minute=1), *before.traces]
    text = "# head\n" + SOURCE
    later = snapshot_of((), traces, [document(text)], mode="lens", previous=before)
    assert [(each.range.start.line, each.text) for each in code_lenses(later, key(), shown)] == [
        (4, "2 traces")
    ]
    assert len(code_lenses(later, key())) == 2
