"""Whatever a document holds, it is a trace with problems or a `TraceFormatError`."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traces.test_decode import SHAPES, TRACE
from tracegloss.errors import TraceFormatError
from tracegloss.model.trace import Trace
from tracegloss.traces.decode import decode_traces
from tracegloss.traces.ids import span_id_of

OTLP = json.loads((SHAPES / "g-otlp.json").read_text())
NAMES = (
    "info data spans trace traces trace_info resourceSpans scopeSpans context attributes events "
    "status span_id spanId trace_id parent_span_id name key value stringValue assessments tags"
)
KEYS = st.sampled_from(sorted(NAMES.split()))
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["", "0" * 16, "AAAAAAAAAAA=", "{}", "[", "tr-1", "\x1b[2J", "\ud800"])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=25,
)


def check(data: bytes) -> tuple[Trace, ...]:
    try:
        return decode_traces(data, "test")
    except TraceFormatError as refused:
        return () if "\n" not in str(refused) else pytest.fail("more than one line")


def places(value: object, path: tuple = ()) -> list[tuple]:
    found = [path] if path else []
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, item in pairs:
        found += places(item, (*path, key))
    return found


def put(document: Any, path: tuple, value: object) -> Any:
    changed = copy.deepcopy(document)
    target = changed
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return changed


@given(st.binary(max_size=200))
def test_arbitrary_bytes(data: bytes) -> None:
    check(data)


@given(JSON)
def test_arbitrary_json(document: Any) -> None:
    check(json.dumps(document).encode("utf-8", "surrogatepass"))


@given(st.sampled_from([TRACE, OTLP]), st.data())
def test_a_real_trace_with_anything_anywhere(document: Any, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(document)))
        document = put(document, path, data.draw(JSON))
    check(json.dumps(document).encode("utf-8", "surrogatepass"))


@given(st.integers(0, 12_000))
def test_a_real_trace_cut_anywhere(size: int) -> None:
    check(json.dumps(TRACE).encode()[:size])


@given(
    st.lists(
        st.fixed_dictionaries({"name": LEAVES, "span_id": LEAVES, "start_time_unix_nano": LEAVES}),
        max_size=6,
    )
)
def test_no_span_id_is_lost_silently(spans: list[dict[str, Any]]) -> None:
    document = {"info": {"trace_id": "tr-1"}, "data": {"spans": spans}}
    (trace,) = check(json.dumps(document).encode("utf-8", "surrogatepass"))
    readable = [found for span in spans if (found := span_id_of(clean(span["span_id"]))[0])]
    assert set(readable) <= {span.span_id for span in trace.spans}
    listed = {problem.code for problem in trace.problems}
    if len(trace.spans) < len(spans):
        assert "duplicate-span" in listed
    assert all(len(span.span_id) == 16 for span in trace.spans)


def clean(value: object) -> Any:
    return json.loads(json.dumps(value).replace("\\ud800", "\\ufffd"))
