"""From a span, a name, a trace file or a stack trace to the line of code, as it is now."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from tests.overlay.laying import call, document, key, laid, site_at, spot
from tests.report.builder import S, resolved, tie, unresolved
from tracegloss.errors import TraceNotFoundError
from tracegloss.ide.answers import CodePlace
from tracegloss.ide.definition import definition
from tracegloss.ide.span_location import span_location
from tracegloss.ide.workspace_symbols import workspace_symbols
from tracegloss.index.repo import RepoIndex
from tracegloss.model.resolution import Confidence, PathAlias
from tracegloss.recorded import Recorded
from tracegloss.snapshot import Root, Snapshot, snapshot_of
from tracegloss.text import LineIndex

SOURCE = """\
import mlflow

@mlflow.trace
def answer(question):
    return retrieve(question)

@mlflow.trace
def retrieve(question):
    return []
"""
MOVED = "# head\n\n" + SOURCE
ID = "0000000000000001"


def root(*files: str, name: str = "r0") -> Root:
    return Root(name, "app", RepoIndex(frozenset(files), frozenset(), (), {}, {}))


def opened(*spans: S, source: str = MOVED, **changes: Any) -> Snapshot:
    trace = laid(SOURCE, *spans, trace="tr-1", **changes)
    return snapshot_of([root("app.py")], [trace], [document(source)])


def where(place: CodePlace | None, source: str = MOVED) -> str:
    return "nowhere" if place is None else spot(source, place.range)


def test_a_resolved_span_is_found_where_its_function_is_now() -> None:
    found = span_location(opened(call(SOURCE, "answer")), "tr-1", ID)
    assert (found.outcome, found.confidence, where(found.place)) == (
        "resolved",
        "exact",
        "6: answer",
    )
    assert found.qualified_name == "answer"
    assert found.extent is not None
    assert (found.extent.range.start.line, found.extent.range.end.line) == (4, 6)
    assert found.reasons == ("the only site with this function name and the parameters question",)


def test_a_weak_line_is_told_as_weak() -> None:
    weak = call(SOURCE, "answer", confidence=Confidence.WEAK)
    found = span_location(opened(weak), "tr-1", ID)
    assert (found.outcome, found.confidence) == ("resolved", "weak")


def test_a_deleted_function_is_gone() -> None:
    found = span_location(opened(call(SOURCE, "answer"), source="import mlflow\n"), "tr-1", ID)
    assert (found.place, found.is_gone) == (None, True)


def test_ties_and_unresolved_spans_name_no_line() -> None:
    copies = S("notify", tie("app.py:4", "app.py:8"))
    found = span_location(opened(copies), "tr-1", ID)
    assert (found.outcome, found.place) == ("ambiguous", None)
    assert [place.range.start.line for place in found.candidates] == [5, 9]
    dynamic = S("step", unresolved("dynamic", "name is variable", near="app.py:5"))
    found = span_location(opened(dynamic), "tr-1", ID)
    assert (found.outcome, found.reasons) == ("unresolved", ("dynamic: name is variable",))
    assert found.near is not None
    assert found.near.range.start.line == 6


@pytest.mark.parametrize("trace, span", [("tr-2", ID), ("tr-1", "f" * 16)])
def test_what_is_not_loaded_is_said(trace: str, span: str) -> None:
    with pytest.raises(TraceNotFoundError):
        span_location(opened(call(SOURCE, "answer")), trace, span)


# --- workspace symbols -------------------------------------------------------------------------


def named(name: str, function: str) -> S:
    return call(SOURCE, function, more={"name": Recorded(name)})


SYMBOLS = {
    "": ["answer", "lexical_lookup", "look"],
    "look": ["look", "lexical_lookup"],
    "LOOKUP": ["lexical_lookup"],
    "lxl": ["lexical_lookup"],
    "zzz": [],
}


@pytest.mark.parametrize("query, names", SYMBOLS.items())
def test_symbols_by_query(query: str, names: list[str]) -> None:
    snapshot = opened(
        named("answer", "answer"),
        named("lexical_lookup", "retrieve"),
        named("look", "retrieve"),
        S("library span", unresolved("library")),
    )
    assert [symbol.name for symbol in workspace_symbols(snapshot, query)] == names


def test_a_symbol_stands_for_all_spans_of_its_name_and_site() -> None:
    traces = [
        laid(SOURCE, *(call(SOURCE, "answer") for _ in range(n)), trace=f"tr-{n}", minute=n)
        for n in (3, 2)
    ]
    [symbol] = workspace_symbols(snapshot_of((), traces, [document(MOVED)]), "answer")
    assert (symbol.number, symbol.container, symbol.target.trace_id) == (5, "answer", "tr-3")
    assert where(symbol.place) == "6: answer"


def test_secrets_in_names_are_redacted() -> None:
    secret = "ghp_" + "a1B2c3D4" * 5
    [symbol] = workspace_symbols(opened(named(secret, "answer")), "")
    assert symbol.name == "[key #1]"


# --- from a trace file -------------------------------------------------------------------------


def spans_at(text: str, snapshot: Snapshot, **options: Any) -> list[str]:
    """Go from the place marked `<>` in a text."""
    offset = text.encode().index(b"<>")
    lines = LineIndex.of(text.replace("<>", "").encode())
    found = definition(snapshot, lines, lines.position_at(offset), **options)
    return [f"{place.key.path}:{place.range.start.line + 1}" for place in found]


def trace_file(*parts: str) -> str:
    """A trace file around the text of its spans, nested strings and braces included."""
    return (
        '{"info": {"trace_id": "tr-1", "assessments": [{"span_id": "0000000000000002"}]},\n'
        ' "data": {"spans": [' + ", ".join(parts) + "]}}"
    )


ANSWER = json.dumps({"name": "a<>nswer", "span_id": ID, "parent_id": None, "attributes": {"x": 1}})
IN_ATTRIBUTES = json.dumps(
    {"span_id": ID, "attributes": {"mlflow.spanInputs": '{"span_id": "}{\\" <>"}'}}
)
OTHER = json.dumps({"name": "b", "span_id": "0000000000000002", "context": {}})
FAR = "f" * 16
CASES = {
    "in the name": (trace_file(OTHER, ANSWER), ["app.py:6"]),
    "in a string within the attributes": (trace_file(IN_ATTRIBUTES, OTHER), ["app.py:6"]),
    "the id below a context": (
        trace_file(json.dumps({"context": {"span_id": "0x1"}, "name": "<>"})), ["app.py:6"],
    ),
    "the id in base64": (
        trace_file(json.dumps({"span_id": "AAAAAAAAAAE=", "n": "<>"})), ["app.py:6"],
    ),
    "indented": (json.dumps(json.loads(trace_file(ANSWER)), indent=2), ["app.py:6"]),
    "before the id, links with other ids between": (
        trace_file(f'{{"name": "<>", "links": [{{"span_id": "{FAR}"}}], "span_id": "{ID}"}}'),
        ["app.py:6"],
    ),
    "after the id, links with other ids between": (
        trace_file(f'{{"span_id": "{ID}", "links": [{{"span_id": "{FAR}"}}], "n": "<>"}}', OTHER),
        ["app.py:6"],
    ),
    "before the context that holds the id": (
        trace_file(OTHER, '{"name": "<>", "context": {"trace_id": "0x9", "span_id": "0x1"}}'),
        ["app.py:6"],
    ),
    "in an assessment of a span": (
        '{"info": {"assessments": [{"name": "<>", "span_id": "' + ID + '"}]}}', ["app.py:6"],
    ),
    "between the spans": (trace_file(OTHER, " <>" + OTHER), []),
    "in the infos": ('{"info": {"name": "<>"}, "data": {"spans": [' + OTHER + "]}}", []),
    "an unknown span": (trace_file(json.dumps({"span_id": "f" * 16, "n": "<>"})), []),
    "a file that is cut": (trace_file(ANSWER)[:-5], ["app.py:6"]),
    "no json at all": ("hello <> {", []),
}  # fmt: skip


@pytest.mark.parametrize("text, places", CASES.values(), ids=CASES)
def test_from_a_span_in_a_trace_file(text: str, places: list[str]) -> None:
    assert spans_at(text, opened(call(SOURCE, "answer")), is_json=True) == places


def test_from_a_tied_span_to_all_copies() -> None:
    snapshot = opened(S("notify", tie("app.py:4", "app.py:8")))
    assert spans_at(trace_file(ANSWER), snapshot, is_json=True) == ["app.py:6", "app.py:10"]


# --- from a stack trace ------------------------------------------------------------------------

FILES = ("app.py", "tools/app.py", "tools/orders.py", "service/billing/run.py", "other/run.py")
FRAMES = {
    'File "/srv/app/tools/orders.py", line 12, in find<>': ["tools/orders.py:12"],
    '  File "/srv/tools/app.py", line 2, in f<>': ["tools/app.py:2"],
    'File "/data/app.py", line 3, in g<>': [],
    r"\"File \"C:\\work\\tools\\orders.py\", line 4<>": ["tools/orders.py:4"],
    'File "/usr/lib/python3/site-packages/tools/orders.py", line 4, in f<>': [],
    'File "/srv/unknown.py", line 4, in f<>': [],
    'File "/nowhere/run.py", line 4, in f<>': [],
    'File "../../etc/passwd", line 4<>': [],
    'File "app.py", line 99999999999999999999<>': [],
    "no frame at all <>": [],
}


@pytest.mark.parametrize("row, places", FRAMES.items())
def test_from_a_line_of_a_stack_trace(row: str, places: list[str]) -> None:
    snapshot = snapshot_of([root(*FILES)], ())
    assert spans_at(f"Traceback:\n{row}\n", snapshot) == places


def test_path_aliases_of_loaded_traces_decide() -> None:
    trace = laid(SOURCE, call(SOURCE, "answer"), aliases=(PathAlias("/srv/x", "service", 2, 2),))
    snapshot = snapshot_of([root(*FILES)], [trace])
    assert spans_at('File "/srv/x/billing/run.py", line 7<>', snapshot) == [
        "service/billing/run.py:7"
    ]


def test_a_frame_leads_to_the_first_token_of_its_line() -> None:
    text = LineIndex.of(b'File "/srv/app.py", line 7, in answer')
    found = definition(opened(call(SOURCE, "answer")), text, text.position_at(9))
    assert [where(place) for place in found] == ["7: return"]


def test_an_unsure_site_is_still_a_way_to_go() -> None:
    span = call(SOURCE, "answer", confidence=Confidence.WEAK)
    snapshot = opened(replace(span, code=resolved("app.py:4", "answer")))
    assert spans_at(trace_file(ANSWER), snapshot, is_json=True) == ["app.py:6"]
    assert site_at(SOURCE, "answer").at.path == key().path
