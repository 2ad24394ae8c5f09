"""Findings as SARIF 2.1.0, which code scanning and editors read.

The form is OASIS's Static Analysis Results Interchange Format; only what has a place in the
repository becomes a result with a location.
"""

from __future__ import annotations

from urllib.parse import quote

from tracegloss import __version__
from tracegloss.model.finding import Finding, Severity
from tracegloss.model.site import Place
from tracegloss.report.json.members import Json, Members
from tracegloss.report.marking import ordered_findings
from tracegloss.report.topics import topic
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.wording.rule_pages import page_of

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}


def sarif_report(on_code: TraceOnCode) -> Members:
    """Build a SARIF log with one run; suppressed findings are results with a suppression.

    Lines and columns are 1-based, columns in code points as the run says.
    """
    display = Display.leaving(on_code.settings.redaction)
    findings = ordered_findings(on_code)
    rules = list(dict.fromkeys(finding.rule for finding in findings))
    run: Members = {
        "tool": {
            "driver": {
                "name": "tracegloss",
                "version": __version__,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(on_code, finding, rules, display) for finding in findings],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: str) -> Json:
    return {
        "id": rule,
        "shortDescription": {"text": topic(rule)},
        "properties": {"page": page_of(rule)},
    }


def _result(on_code: TraceOnCode, finding: Finding, rules: list[str], display: Display) -> Json:
    members: Members = {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": _LEVELS[finding.severity],
        "message": {"text": display.sentence(finding.message)},
        "locations": [] if finding.place is None else [_location(finding.place)],
        "partialFingerprints": {"tracegloss/1": finding.fingerprint},
        "properties": {"trace_id": display.ours(on_code.trace.info.trace_id)},
    }
    related: list[Json] = [
        {**_location(one.place), "message": {"text": display.sentence(one.message)}}
        for one in finding.related
        if one.place is not None
    ]
    if related:
        members["relatedLocations"] = related
    if finding.suppressed is not None:
        kind = "inSource" if finding.suppressed == "comment" else "external"
        members["suppressions"] = [{"kind": kind}]
    return members


def _location(place: Place) -> Members:
    start, end = place.range.start, place.range.end
    physical: Members = {"artifactLocation": {"uri": quote(place.path)}}
    if place.cell is None:
        physical["region"] = {
            "startLine": start.line + 1,
            "startColumn": start.column + 1,
            "endLine": end.line + 1,
            "endColumn": end.column + 1,
        }
    return {"physicalLocation": physical}
