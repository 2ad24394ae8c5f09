"""The whole JSON report of one trace, `tracegloss.report/1`, and its bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from tracegloss import __version__
from tracegloss.errors import UsageError
from tracegloss.model.freshness import AsRan
from tracegloss.model.site import Site
from tracegloss.report.commands import span_command
from tracegloss.report.freshness import freshness_counts, site_of
from tracegloss.report.json.findings import (
    assessments_members,
    exceptions_members,
    findings_members,
    origin_members,
    verdict_members,
)
from tracegloss.report.json.members import Json, Members, strings
from tracegloss.report.json.numbering import number_parts
from tracegloss.report.json.spans import site_members, spans_members
from tracegloss.report.json.trace import repositories_members, source_members, trace_members
from tracegloss.report.json.values import ValueWriter
from tracegloss.report.lookup import find_span
from tracegloss.report.marking import ordered_findings
from tracegloss.report.options import ReportOptions
from tracegloss.report.outcome import exit_status
from tracegloss.report.problems import all_problems
from tracegloss.report.tally import by_severity, tally
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.wording.printable import json_safe

SCHEMA = "tracegloss.report/1"
RULES_VERSION = 1


def json_report(
    on_code: TraceOnCode, options: ReportOptions, *, span_id: str | None = None
) -> Members:
    """Build the report; with `span_id` the list of spans holds that one alone.

    Members stand in the order of the schema; the same trace on the same code gives the same
    members. Raises `UsageError` when the trace has no such span, or values are asked for in full
    without one.
    """
    if options.values == "full" and span_id is None:
        raise UsageError("Full inputs and outputs need a span", remedy="Add --span ID.")
    only = None if span_id is None else find_span(on_code, span_id).span_id
    writer = ValueWriter(Display(on_code.settings.redaction), options)
    numbering = number_parts(on_code)
    described: Members = {
        "source": source_members(on_code, writer),
        "repositories": repositories_members(on_code),
        "trace": trace_members(on_code, writer),
        "verdict": verdict_members(on_code, numbering, writer),
        "sites": _sites(on_code, numbering.sites),
        "exceptions": exceptions_members(on_code, writer),
        "spans": spans_members(on_code, numbering, writer, only),
        "findings": findings_members(on_code, numbering, writer),
        "assessments": assessments_members(on_code, numbering, writer),
        "origin": origin_members(on_code, numbering, writer),
        "problems": _problems(on_code, writer),
        "counts": _counts(on_code),
    }
    stamp: Members = {} if options.stamp is None else {"generated_at": options.stamp}
    return {
        "schema": SCHEMA,
        **stamp,
        "tool": {"name": "tracegloss", "version": __version__, "rules_version": RULES_VERSION},
        **described,
        "redaction": _redaction(writer),
        "truncation": _truncation(on_code, options, writer, only),
        "outcome": _outcome(on_code, options),
    }


def _sites(on_code: TraceOnCode, numbered: Mapping[Site, str]) -> Members:
    ran: dict[Site, AsRan] = {}
    for span_id, since in on_code.since.items():
        site = site_of(on_code, span_id)
        if site is not None and since.as_ran is not None:
            ran.setdefault(site, since.as_ran)
    return {own_id: site_members(site, ran.get(site)) for site, own_id in numbered.items()}


def json_text(members: Members, fields: Sequence[str] = ()) -> str:
    """Encode a report with one top-level member a line, and one span or finding a line.

    `fields` selects top-level members; `schema` is always there. Raises `UsageError` for a name
    that is none. Characters that could act on a terminal are written as JSON escapes.
    """
    chosen = select(members, fields)
    body = ",\n ".join(f"{_encode(name)}: {_encode_rows(value)}" for name, value in chosen.items())
    return json_safe(f"{{{body}}}\n")


def json_line(members: Members, fields: Sequence[str] = ()) -> str:
    """Encode a report as one line of JSON Lines."""
    return json_safe(f"{_encode(select(members, fields))}\n")


def select(members: Members, fields: Sequence[str]) -> Members:
    """Keep the named top-level members and `schema`, in the report's own order."""
    if not fields:
        return members
    unknown = [name for name in fields if name not in members]
    if unknown:
        raise UsageError(
            f"The report has no member {unknown[0]!r}",
            where="--fields",
            remedy=f"It has: {', '.join(members)}.",
        )
    return {name: v for name, v in members.items() if name == "schema" or name in fields}


def _encode(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _encode_rows(value: Json) -> str:
    if isinstance(value, list) and value:
        return "[" + ",\n  ".join(map(_encode, value)) + "]"
    if isinstance(value, dict) and value and all(isinstance(v, dict) for v in value.values()):
        rows = (f"{_encode(key)}: {_encode(item)}" for key, item in value.items())
        return "{" + ",\n  ".join(rows) + "}"
    return _encode(value)


def _problems(on_code: TraceOnCode, writer: ValueWriter) -> list[Json]:
    return [
        {
            "code": problem.code,
            "message": writer.display.sentence(problem.message),
            "span_ids": strings(problem.span_ids),
            "path": None if problem.path is None else writer.display.ours(problem.path),
            "fatal": False,
        }
        for problem in all_problems(on_code)
    ]


def _counts(on_code: TraceOnCode) -> Members:
    counted = tally(on_code.correlation.resolutions, on_code.tree.spans)
    severities = by_severity(on_code.examination.findings)
    freshness: Members = {word.value: n for word, n in freshness_counts(on_code).items()}
    levels: Members = {level.name.lower(): n for level, n in counted.confidences.items()}
    return {
        "spans": counted.spans,
        "resolved": counted.resolved,
        **levels,
        "ambiguous": counted.ambiguous,
        "unresolved": {str(reason): n for reason, n in counted.unresolved.items()},
        "freshness": freshness,
        "findings": {severity.name.lower(): n for severity, n in severities.items()},
    }


def _redaction(writer: ValueWriter) -> Members:
    kinds: Members = dict(sorted(writer.display.redacted.items()))
    values = sum(writer.display.redacted.values())
    return {"level": writer.display.level, "values": values, "kinds": kinds}


def _truncation(
    on_code: TraceOnCode, options: ReportOptions, writer: ValueWriter, only: str | None
) -> Members:
    more: list[Json] = []
    span_id = on_code.examination.verdict.span_id
    if writer.n_cut and span_id is not None:
        more.append(f"{span_command(on_code, options, span_id)} --format json --io full")
    return {
        "budget_tokens": None,
        "spans_omitted": 0 if only is None else len(on_code.trace.spans) - 1,
        "values_cut": writer.n_cut,
        "more": more,
    }


def _outcome(on_code: TraceOnCode, options: ReportOptions) -> Members:
    status = exit_status(ordered_findings(on_code), options.fail_on)
    return {"fail_on": options.fail_on, "exit_status": status}
