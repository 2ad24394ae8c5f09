"""The JSON report: its schema, its enumerations, its figures, its documentation."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from tests.report import samples
from tests.report.builder import S, finding, judged, on_code, tie, unresolved
from tests.report.rendering import EVERYTHING
from tests.report.test_safety import HOSTILE, planted
from tracegloss.errors import UsageError
from tracegloss.model import finding as findings
from tracegloss.model import resolution, settings, site, trace
from tracegloss.model.freshness import ChangedIn, SinceTrace
from tracegloss.model.resolution import Freshness
from tracegloss.report.json.report import json_line, json_report, json_text
from tracegloss.report.options import ReportOptions, Threshold

OPTIONS = ReportOptions()
SCHEMA: dict[str, Any] = json.loads(
    (files("tracegloss") / "report/schema/tracegloss.report-1.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA)


def document(on_code: Any, options: ReportOptions = OPTIONS, **more: Any) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(json_text(json_report(on_code, options, **more)))
    return report


REPORTS = {
    **{name: document(make()) for name, make in samples.ALL.items()},
    **{f"hostile: {name}": document(planted(text)) for name, text in HOSTILE.items()},
    "stamped": document(samples.wrong_answer(), ReportOptions(stamp="2026-01-01T00:00:00Z")),
    "without values": document(samples.wrong_answer(), ReportOptions(values="none")),
    "one span in full": document(
        samples.wrong_answer(), ReportOptions(values="full"), span_id="967a0de6f3942138"
    ),
}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_every_report_is_as_the_schema_says(report: dict[str, Any]) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(report)] == []


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_no_member_is_unknown_to_the_schema(report: dict[str, Any]) -> None:
    assert sorted(_surplus(report, SCHEMA, "report")) == []


def _surplus(value: Any, schema: Mapping[str, Any], path: str) -> Iterator[str]:
    schema = _resolved(schema, value)
    if isinstance(value, list):
        for item in value:
            yield from _surplus(item, schema.get("items", {}), f"{path}[]")
    elif isinstance(value, dict) and ("properties" in schema or "additionalProperties" in schema):
        known = schema.get("properties", {})
        for name, member in value.items():
            if name not in known and "additionalProperties" not in schema:
                yield f"{path}.{name}"
            yield from _surplus(
                member, known.get(name, schema.get("additionalProperties", {})), f"{path}.{name}"
            )


def _resolved(schema: Mapping[str, Any], value: Any) -> Mapping[str, Any]:
    if "anyOf" in schema:
        [schema] = [s for s in schema["anyOf"] if (s.get("type") == "null") == (value is None)]
    if "$ref" in schema:
        referred: Mapping[str, Any] = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
        return referred
    return schema


def _enumeration(first: str, member: str) -> list[Any]:
    place: Any = SCHEMA["$defs"].get(first) or SCHEMA["properties"][first]
    place = place.get("items", place)["properties"][member]
    return [word for word in place["enum"] if word is not None]


def _literals(alias: Any, member: str) -> tuple[Any, ...]:
    """The literals of a dataclass's member, `None` and nested aliases apart."""
    hint = alias.__annotations__[member]
    scope = {**vars(findings), **vars(trace), **vars(site)}
    return tuple(word for word in _words(eval(hint, scope)) if word is not None)


def _words(hint: Any) -> Iterator[Any]:
    for argument in get_args(hint):
        if isinstance(argument, str):
            yield argument
        else:
            yield from _words(argument)


LEVELS = [severity.name.lower() for severity in sorted(findings.Severity, reverse=True)]


@pytest.mark.parametrize(
    "path, words",
    [
        (("source", "kind"), _literals(trace.SourceDescription, "kind")),
        (("trace", "state"), [state.value for state in trace.TraceState]),
        (("verdict", "kind"), _literals(findings.Verdict, "kind")),
        (("verdict", "certainty"), _literals(findings.Verdict, "certainty")),
        (("Site", "kind"), get_args(site.SiteKind)),
        (("Span", "status"), [status.value for status in trace.SpanStatus]),
        (("Span", "exception_role"), get_args(findings.ExceptionRole)),
        (("Evidence", "kind"), [kind.value for kind in resolution.EvidenceKind]),
        (("Resolution", "reason"), get_args(resolution.UnresolvedReason)),
        (("Resolution", "confidence"), ["exact", "strong", "weak"]),
        (("Resolution", "freshness"), [word.value for word in resolution.Freshness]),
        (("Finding", "editor_severity"), LEVELS),
        (("Finding", "suppressed"), _literals(findings.Finding, "suppressed")),
        (("Assessment", "kind"), _literals(trace.Assessment, "kind")),
        (("Assessment", "judged"), _literals(findings.JudgedAssessment, "judged")),
        (("origin", "how"), _literals(findings.OriginPart, "how")),
        (("redaction", "level"), get_args(settings.RedactionLevel)),
        (("outcome", "fail_on"), get_args(Threshold)),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) and len(value) == 2 else "",
)
def test_enumerations_of_the_schema_are_those_of_the_code(
    path: tuple[str, ...], words: tuple[str, ...]
) -> None:
    assert sorted(_enumeration(*path)) == sorted(words)


def test_severities_and_confidences_of_the_schema_are_those_of_the_code() -> None:
    counts = SCHEMA["properties"]["counts"]["properties"]
    assert SCHEMA["$defs"]["Severity"]["enum"] == LEVELS == list(counts["findings"]["properties"])
    assert set(counts["unresolved"]["properties"]) == set(get_args(resolution.UnresolvedReason))
    assert {level.name.lower() for level in resolution.Confidence} <= set(counts)


def test_every_member_is_documented(repository: Path) -> None:
    page = (repository / "docs/json.md").read_text(encoding="utf-8")
    sections = {section.split("\n")[0]: section for section in page.split("\n## ")}
    for name, schema in {"Report": SCHEMA, **SCHEMA["$defs"]}.items():
        for member in schema.get("properties", ()):
            assert f"| `{member}` |" in sections[name], f"{name}.{member}"


@pytest.mark.parametrize("sample", samples.ALL)
def test_the_same_trace_gives_the_same_bytes(sample: str) -> None:
    first, second = (json_text(json_report(samples.ALL[sample](), OPTIONS)) for _ in range(2))
    assert first == second
    assert json.loads(first) == json.loads(json_line(json_report(samples.ALL[sample](), OPTIONS)))


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_figures_add_up(report: dict[str, Any]) -> None:
    counts, spans = report["counts"], report["spans"]
    assert counts["spans"] == report["trace"]["span_count"]
    assert counts["spans"] == len(spans) + report["truncation"]["spans_omitted"]
    assert counts["resolved"] == counts["exact"] + counts["strong"] + counts["weak"]
    unresolved_spans = sum(counts["unresolved"].values())
    assert counts["spans"] == counts["resolved"] + counts["ambiguous"] + unresolved_spans
    if not report["truncation"]["spans_omitted"]:
        outcomes = Counter(span["resolution"]["outcome"] for span in spans)
        expected = (counts["resolved"], counts["ambiguous"], unresolved_spans)
        changed = Counter(span["resolution"]["freshness"] for span in spans)
        assert {word: n for word, n in changed.items() if word} == counts["freshness"]
        assert tuple(outcomes[o] for o in ("resolved", "ambiguous", "unresolved")) == expected
    severities = Counter(f["severity"] for f in report["findings"] if f["suppressed"] is None)
    assert {level: n for level, n in counts["findings"].items() if n} == severities
    assert report["redaction"]["values"] == sum(report["redaction"]["kinds"].values())


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_every_reference_leads_somewhere(report: dict[str, Any]) -> None:
    for name, value in _references(report):
        values = value if isinstance(value, list) else [value]
        if name in {"site_id", "scorer_site_id"}:
            assert set(values) <= set(report["sites"])
        elif name in {"exception_id", "cause_id"}:
            assert set(values) <= set(report["exceptions"])
        elif name in {"finding_id", "finding_ids"}:
            assert set(values) <= {finding["id"] for finding in report["findings"]}


def _references(value: Any) -> Iterator[tuple[str, Any]]:
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for name, member in members:
        if str(name).endswith(("_id", "_ids")) and member is not None:
            yield str(name), member
        if isinstance(member, dict | list):
            yield from _references(member)


def test_a_finding_keeps_its_reasons_when_it_is_sorted() -> None:
    report = document(samples.reordered())
    [reason] = report["verdict"]["reasons"]
    [cited] = [f for f in report["findings"] if f["id"] in reason["finding_ids"]]
    assert (cited["id"], cited["rule"]) == ("f1", "slow-span")


def test_times_are_milliseconds_from_the_first_span() -> None:
    report = document(on_code(S("a", "m.py:1", 5, 10, children=(S("b", "m.py:2", 7.25, None),))))
    assert [(s["start_ms"], s["duration_ms"], s["self_ms"]) for s in report["spans"]] == [
        (0.0, 10.0, 2.25),
        (2.25, None, None),
    ]
    assert not report["trace"]["complete"]


def test_a_value_is_cut_by_bytes_and_says_so() -> None:
    long = "é" * 3000
    report = document(on_code(S("a", "m.py:1", inputs=long, outputs={"k": long})))
    [span] = report["spans"]
    assert len(span["inputs"]["text"].encode()) == 2048
    assert (span["inputs"]["bytes"], span["inputs"]["cut"], span["inputs"]["format"]) == (
        6000,
        True,
        "text",
    )
    assert (span["outputs"]["keys"], span["outputs"]["format"]) == (["k"], "json")
    assert report["truncation"]["values_cut"] == 4


def test_nan_and_infinities_do_not_break_the_document() -> None:
    nan = float("nan")
    more = {"cost_usd": float("inf")}
    score = judged("score", "unclear", {"a": [nan]})
    report = document(on_code(S("a", "m.py:1", inputs={"x": nan}, more=more), assessments=(score,)))
    assert report["spans"][0]["cost_usd"] is None
    assert report["assessments"][0]["value"] == {"a": ["NaN"]}


def test_fields_select_members_in_their_own_order() -> None:
    members = json_report(samples.wrong_answer(), OPTIONS)
    assert list(json.loads(json_text(members, ["findings", "verdict"]))) == [
        "schema",
        "verdict",
        "findings",
    ]
    with pytest.raises(UsageError, match=r"no member 'verdicts'.*It has: schema"):
        json_text(members, ["verdicts"])


def test_full_values_need_a_span() -> None:
    with pytest.raises(UsageError, match="Add --span ID"):
        json_report(samples.wrong_answer(), ReportOptions(values="full"))
    report = document(samples.wrong_answer(), EVERYTHING, span_id="967a0de6f3942138")
    assert [span["name"] for span in report["spans"]] == ["lexical_lookup"]


def test_candidates_and_reasons_are_told() -> None:
    report = document(
        on_code(
            S("a", tie("x.py:1", "y.py:1")),
            S("b", unresolved("dynamic", "name is variable", "z.py:9"), 1),
            findings=(finding("slow-span", "slow", at="x.py:1"),),
        )
    )
    tied, dynamic = (span["resolution"] for span in report["spans"])
    assert [report["sites"][c["site_id"]]["at"]["path"] for c in tied["candidates"]] == [
        "x.py",
        "y.py",
    ]
    assert (dynamic["reason"], dynamic["detail"], dynamic["near"]["line"]) == (
        "dynamic",
        "name is variable",
        9,
    )


def test_findings_have_the_freshness_of_the_code_they_speak_of() -> None:
    on_code = samples.wrong_answer()
    spoken_of = {ids[0] for each in on_code.examination.findings if (ids := each.span_ids)}
    since = SinceTrace(Freshness.EDITED, ChangedIn("1" * 40), basis="stored-diff")
    report = document(replace(on_code, since=dict.fromkeys(spoken_of, since)))
    changed = {"commit": "1" * 40, "author_time": None}
    for each in report["findings"]:
        told = each["freshness"], each["freshness_basis"], each["changed_in"]
        assert told == (("edited", "stored-diff", changed) if each["span_ids"] else (None,) * 3)
