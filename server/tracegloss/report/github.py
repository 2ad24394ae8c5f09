"""Findings as workflow commands, which GitHub shows on the lines of a pull request."""

from __future__ import annotations

from tracegloss.model.finding import Finding, Severity
from tracegloss.model.site import Place
from tracegloss.report.marking import shown_findings
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.wording.printable import one_line

_COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "notice",
    Severity.HINT: "notice",
}


def github_report(on_code: TraceOnCode) -> str:
    """Write one workflow command a finding: `::error file=...,line=...::message (trace ...)`.

    Everything recorded is escaped, so that it can neither end the command nor begin another.
    """
    display = Display.leaving(on_code.settings.redaction)
    trace_id = display.ours(on_code.trace.info.trace_id)
    return "".join(
        f"{_command(finding, display, trace_id)}\n" for finding in shown_findings(on_code)
    )


def _command(finding: Finding, display: Display, trace_id: str) -> str:
    properties = [*_where(finding.place), f"title={_property(finding.rule)}"]
    message = f"{display.sentence(finding.message)} (trace {trace_id})"
    return f"::{_COMMANDS[finding.severity]} {','.join(properties)}::{_data(message)}"


def _where(place: Place | None) -> list[str]:
    if place is None or place.cell is not None:
        return [] if place is None else [f"file={_property(place.path)}"]
    start, end = place.range.start, place.range.end
    return [
        f"file={_property(place.path)}",
        f"line={start.line + 1}",
        f"endLine={end.line + 1}",
        f"col={start.column + 1}",
    ]


def _data(text: str) -> str:
    return one_line(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
