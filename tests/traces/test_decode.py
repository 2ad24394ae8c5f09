"""Every recorded shape gives the same trace; what is broken is listed beside what is not."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.traces.opened import opened
from tests.tracking_server import ROOT
from tracegloss.errors import TraceError, TraceFormatError
from tracegloss.traces.decode import decode_traces
from tracegloss.traces.files import read_file

SHAPES = ROOT / "fixtures" / "traces" / "shapes"
TRACE = json.loads((SHAPES / "a-trace.json").read_text())
TRACE_ID = TRACE["info"]["trace_id"]
ROOT_SPAN = TRACE["data"]["spans"][0]


def decoded(document: object) -> list[Any]:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    traces: list[Any] = opened(decode_traces(data, "test"))
    return traces


(WHOLE,) = decoded(TRACE)
SPANS = WHOLE["spans"]
WITH_SPANS = ["c-artifact.json", "d-rest.json", "g-otlp.json", "h-search.json", "i-data-frame.json"]
WITH_INFO = ["d-rest.json", "e-rest-info.json", "h-search.json", "i-data-frame.json"]


@pytest.mark.parametrize("name", WITH_SPANS)
def test_spans_are_the_same_in_every_recorded_shape(name: str) -> None:
    (trace,) = opened(read_file(SHAPES / name))
    for span in trace["spans"]:
        if name == "g-otlp.json":  # says more of a span than MLflow keeps
            assert (span.pop("service"), span["attributes"].pop("kind")) == ("orders", 1)
            span["service"] = None
    assert (trace["info"]["trace_id"], trace["spans"], trace["problems"]) == (TRACE_ID, SPANS, [])


@pytest.mark.parametrize("name", WITH_INFO)
def test_the_info_is_the_same_in_every_recorded_shape(name: str) -> None:
    (trace,) = opened(read_file(SHAPES / name))
    assert trace["info"] == WHOLE["info"]


def test_the_older_info_lacks_only_what_it_cannot_say() -> None:
    (trace,) = opened(read_file(SHAPES / "f-rest-info-2.json"))
    assert trace["info"] == {**WHOLE["info"], "assessments": []}


def hex_ids(span: dict, prefix: str = "") -> dict:
    made = dict(span)
    for key in ("span_id", "parent_span_id"):
        if span.get(key):
            made[key] = prefix + base64.b64decode(span[key]).hex()
    return made


def version_3_5_0(span: dict) -> dict:
    code = span["status"]["code"].removeprefix("STATUS_CODE_")
    return {**hex_ids(span), "trace_id": TRACE_ID, "status": {**span["status"], "code": code}}


def old_span(span: dict) -> dict:
    ids = hex_ids(span)
    return {
        "name": span["name"],
        "context": {"span_id": "0x" + ids["span_id"].lstrip("0"), "trace_id": "0x" + "1" * 32},
        "parent_id": ids["parent_span_id"] and "0x" + ids["parent_span_id"].lstrip("0"),
        "start_time": span["start_time_unix_nano"],
        "end_time": span["end_time_unix_nano"],
        "status_code": span["status"]["code"].removeprefix("STATUS_CODE_"),
        "status_message": span["status"].get("message", ""),
        "attributes": span["attributes"],
        "events": [
            {"name": e["name"], "timestamp": e["time_unix_nano"], "attributes": e["attributes"]}
            for e in span["events"]
        ],
    }


def string_times(span: dict) -> dict:
    return {k: str(v) if k.endswith("_nano") else v for k, v in span.items()}


def with_spans(change: Callable[[dict], dict]) -> dict:
    return {**TRACE, "data": {"spans": [change(span) for span in TRACE["data"]["spans"]]}}


def url_safe(span: dict) -> dict:
    return {
        k: v.translate(str.maketrans("+/", "-_")).rstrip("=") if k.endswith("span_id") and v else v
        for k, v in span.items()
    }


PRETTY = json.dumps(TRACE, indent=2)
SAME = {
    "hex ids": with_spans(hex_ids),
    "0x ids": with_spans(lambda span: hex_ids(span, "0x")),
    "unpadded url-safe base64 ids": with_spans(url_safe),
    "MLflow 3.5.0": with_spans(version_3_5_0),
    "MLflow 2": with_spans(old_span),
    "times as strings": with_spans(string_times),
    "an empty parent": with_spans(
        lambda span: {**span, "parent_span_id": span["parent_span_id"] or ""}
    ),
    "an all-zero parent": with_spans(
        lambda s: {**s, "parent_span_id": s["parent_span_id"] or "0" * 16}
    ),
    "spans in another order": {**TRACE, "data": {"spans": TRACE["data"]["spans"][::-1]}},
    "a byte order mark": b"\xef\xbb\xbf" + PRETTY.encode(),
    "UTF-16": PRETTY.encode("utf-16"),
    "an envelope": {"trace": TRACE},
    "a list of traces": [TRACE],
    "JSON in a string": [{"trace_id": TRACE_ID, "trace": json.dumps(TRACE)}],
}


@pytest.mark.parametrize("case", SAME)
def test_other_writings_give_the_same_trace(case: str) -> None:
    (trace,) = decoded(SAME[case])
    assert trace == WHOLE


LOOSE = {
    "a bare list of spans": TRACE["data"]["spans"],
    "spans alone": {"spans": TRACE["data"]["spans"]},
    "one span a line": "\n".join(map(json.dumps, TRACE["data"]["spans"])).encode(),
    "OTLP batches of one trace": b"\n".join(
        json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()
        for span in json.loads((SHAPES / "g-otlp.json").read_text())["resourceSpans"][0][
            "scopeSpans"
        ][0]["spans"]
    ),
}


@pytest.mark.parametrize("case", LOOSE)
def test_spans_without_an_info_become_one_trace_that_says_what_they_say(case: str) -> None:
    (trace,) = decoded(LOOSE[case])
    for span in trace["spans"]:
        span["attributes"].pop("kind", None)
    info = trace["info"]
    assert (info["trace_id"], info["name"], info["state"]) == (TRACE_ID, "answer", "ERROR")
    assert info["tokens"] == {"input": 11, "output": 7, "total": 18, "cached": None}
    assert trace["spans"] == SPANS


def renamed(trace_id: str) -> dict:
    other: dict = copy.deepcopy(TRACE)
    other["info"]["trace_id"] = trace_id
    return other


MANY = {
    "a search": {"traces": [TRACE, renamed("tr-2")], "next_page_token": None},
    "JSON lines": f"{json.dumps(TRACE)}\n{json.dumps(renamed('tr-2'))}\n".encode(),
    "documents one after another": f"{PRETTY}\n{json.dumps(renamed('tr-2'), indent=1)}".encode(),
}


@pytest.mark.parametrize("case", MANY)
def test_several_traces_in_one_file(case: str) -> None:
    assert [trace["info"]["trace_id"] for trace in decoded(MANY[case])] == [TRACE_ID, "tr-2"]


def test_the_readable_lines_of_a_cut_file_are_kept_and_the_rest_is_listed() -> None:
    (trace,) = decoded(f"{json.dumps(TRACE)}\n{json.dumps(TRACE)[:300]}".encode())
    assert trace["spans"] == SPANS
    assert [problem["code"] for problem in trace["problems"]] == ["unreadable"]


def broken(**members: Any) -> dict:
    changed = {k: v for k, v in {**ROOT_SPAN, **members}.items() if v != "absent"}
    return {**TRACE, "data": {"spans": [changed, *TRACE["data"]["spans"][1:]]}}


BROKEN = {
    "no id": (broken(span_id="absent"), ["span-id"]),
    "an id that is none": (broken(span_id="root span"), ["span-id"]),
    "a parent that is none": (broken(parent_span_id="elsewhere"), ["parent-id"]),
    "no name": (broken(name="absent"), ["span-name"]),
    "a number for a name": (broken(name=7), ["span-name"]),
    "no start": (broken(start_time_unix_nano=None), ["span-start"]),
    "a start before 1970": (broken(start_time_unix_nano=-5), ["span-start"]),
    "an end that is none": (broken(end_time_unix_nano="soon"), ["span-end"]),
    "an unknown status": (broken(status={"code": "FINE"}), ["span-status"]),
    "attributes that are none": (broken(attributes=3), []),
    "events that are none": (broken(events="many"), []),
    "a span that is a number": (
        {**TRACE, "data": {"spans": [3, *TRACE["data"]["spans"]]}},
        ["span"],
    ),
    "two spans of one id": (
        {**TRACE, "data": {"spans": [ROOT_SPAN, *TRACE["data"]["spans"]]}},
        ["duplicate-span"],
    ),
    "an unknown state": ({**TRACE, "info": {**TRACE["info"], "state": "FINE"}}, ["trace-state"]),
    "a time that is none": (
        {**TRACE, "info": {**TRACE["info"], "request_time": "noon"}},
        ["trace-time"],
    ),
    "an assessment of no kind": (
        {**TRACE, "info": {**TRACE["info"], "assessments": [{"x": 1}]}},
        ["assessment"],
    ),
    "no info": ({"info": {}, "data": TRACE["data"]}, ["trace-id"]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_member_becomes_a_problem_beside_a_usable_trace(case: str) -> None:
    document, codes = BROKEN[case]
    (trace,) = decoded(document)
    assert [problem["code"] for problem in trace["problems"]] == codes
    assert len(trace["spans"]) == 3


def test_a_broken_start_is_the_earliest_of_the_others() -> None:
    (trace,) = decoded(broken(start_time_unix_nano=None))
    assert trace["spans"][0]["start_ns"] == SPANS[1]["start_ns"]


def test_equal_faults_are_one_problem_that_lists_its_spans() -> None:
    (trace,) = decoded(with_spans(lambda span: {**span, "name": ""}))
    (problem,) = trace["problems"]
    assert problem["message"] == "a span has no name (3 times)"
    assert problem["span_ids"] == [span["span_id"] for span in trace["spans"]]


def test_unknown_members_are_kept() -> None:
    document = broken(colour="red")
    document["info"] = {**document["info"], "shade": {"a": 1}}
    (trace,) = decoded(document)
    assert trace["spans"][0]["attributes"]["colour"] == "red"
    assert trace["info"]["metadata"]["shade"] == '{"a":1}'


IDS = {
    "tr-" + "ab" * 16: "tr-" + "ab" * 16,
    "0123456789abcdef0123456789abcdef": "0123456789abcdef0123456789abcdef",
    "trace:/catalog.schema/" + "ab" * 16: "trace:/catalog.schema/" + "ab" * 16,
    base64.b64encode(b"\xab" * 16).decode(): "tr-" + "ab" * 16,
    "tr-$(rm -rf ~)\x1b[2J": "tr-__rm_-rf____[2J".replace("[", "_"),
    "--format": "format",
}


@pytest.mark.parametrize("written", IDS)
def test_trace_ids_are_kept_and_made_safe(written: str) -> None:
    (trace,) = decoded(renamed(written))
    assert trace["info"]["trace_id"] == IDS[written]


VALUES = {
    '"text"': "text",
    '{"a": [1, 2.5, null]}': {"a": [1, 2.5, None]},
    "plain": "plain",
    "": "",
    "NaN text": "NaN text",
    "123456789012345678901234567890": 123456789012345678901234567890,
    '"\\ud800"': "\ufffd",
    '{"cut": ': '{"cut": ',
    "[" * 150 + "]" * 150: json.loads("[" * 150 + "]" * 150),
    "[" * 250 + "]" * 250: "[" * 250 + "]" * 250,
    "[" * 90_000: "[" * 90_000,
}


@pytest.mark.parametrize("written", VALUES, ids=lambda text: text[:20])
def test_attribute_values_are_json_text_or_stay_text(written: str) -> None:
    (trace,) = decoded(broken(attributes={"mlflow.spanInputs": written}))
    assert trace["spans"][0]["inputs"] == VALUES[written]


NO_TRACE = {
    "nothing": (b"", "empty, not a trace"),
    "words": (b"hello", "not JSON"),
    "cut": (PRETTY.encode()[:500], "JSON that ends in the middle"),
    "cut after a bracket": (b" [ ", "JSON that ends in the middle"),
    "cut in a list": (b'[[{"trace_id": ', "JSON that ends in the middle"),
    "settings": (b'[tool.tracegloss]\nname = "x"\n', "not JSON"),
    "a table of settings": (b"[[tool.x]]\na = 1\n", "not JSON"),
    "a template": (b"{% for x in y %} hello", "not JSON"),
    "something else": (b'{"hello": "world"}', "no trace in a known shape"),
    "a number": (b"3", "no trace in a known shape"),
    "too deep": (b"[" * 100_000, "nested too deep"),
}


@pytest.mark.parametrize("case", NO_TRACE)
def test_what_is_no_trace_is_one_line_that_says_why(case: str) -> None:
    data, wanted = NO_TRACE[case]
    with pytest.raises(TraceFormatError, match=wanted) as raised:
        decode_traces(data, "traces.json")
    assert "traces.json" in str(raised.value)
    assert "\n" not in str(raised.value)


FILES: dict[str, Callable[[Path], object]] = {
    "cannot be read: no such file": lambda path: path.exists(),
    "a folder": lambda path: path.mkdir(),
    "compressed with gzip": lambda path: path.write_bytes(b"\x1f\x8b\x08"),
    "a sqlite store": lambda path: path.write_bytes(b"SQLite format 3\0"),
}


@pytest.mark.parametrize("wanted", FILES)
def test_a_file_that_cannot_be_read_is_one_line(wanted: str, tmp_path: Path) -> None:
    path = tmp_path / "traces.json"
    FILES[wanted](path)
    with pytest.raises(TraceError, match=wanted):
        read_file(path)
