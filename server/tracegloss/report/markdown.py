"""The report as Markdown for pull requests and tickets: recorded text is code, never markup."""

from __future__ import annotations

from collections.abc import Sequence

from tracegloss.model.finding import Finding, Severity
from tracegloss.model.site import Place
from tracegloss.report.marking import shown_findings
from tracegloss.report.naming import trace_name
from tracegloss.report.options import ReportOptions
from tracegloss.report.tally import by_severity
from tracegloss.report.text.assessments import assessments_section
from tracegloss.report.text.closing import checked_section, next_section, problems_section
from tracegloss.report.text.findings import finding_body, severity_words, subject
from tracegloss.report.text.origin import origin_section
from tracegloss.report.text.segments import Line, text_of
from tracegloss.report.text.spans import spans_section
from tracegloss.report.text.standing import standing_items
from tracegloss.report.text.title import figures_of, state_words
from tracegloss.report.text.unresolved import unresolved_section
from tracegloss.report.text.verdict import start_label, start_names
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.wording.markup import code_span, escaped, fence, sentence
from tracegloss.wording.places import place_label
from tracegloss.wording.printable import one_line

_ICONS = {
    Severity.ERROR: "\u274c",
    Severity.WARNING: "\u26a0\ufe0f",
    Severity.INFORMATION: "\u2139\ufe0f",
    Severity.HINT: "\u25ab\ufe0f",
}


def markdown_report(on_code: TraceOnCode, options: ReportOptions) -> str:
    """Write title, verdict and findings as Markdown, the tables of the text report in fences."""
    display = Display(on_code.settings.redaction)
    body = [
        *_verdict(on_code, display),
        *_findings(on_code, display, options),
        *_details("Spans", spans_section(on_code, display, options)),
        *_details("Origin of the output", _origin(on_code, display, options)),
        *_details("Assessments", assessments_section(on_code, display, options.width)),
        *_details("Not resolved", unresolved_section(on_code, display, options)),
        *_details("Problems", problems_section(on_code, display, options)),
        *_details("Checked", checked_section(on_code, display, options.width)),
        *fence(_texts(next_section(on_code, display, options))),
    ]
    return "\n".join([*_title(on_code, display), *body]) + "\n"


def _title(on_code: TraceOnCode, display: Display) -> list[str]:
    name, state = code_span(trace_name(on_code, display)), escaped(state_words(on_code))
    trace_id = code_span(display.ours(on_code.trace.info.trace_id))
    figures = [*figures_of(on_code, display), *standing_items(on_code, display)]
    n_redacted = sum(display.redacted.values())
    return [
        f"### {name} · {state}",
        "",
        f"Trace {trace_id}",
        "",
        *fence(figures + ([f"{n_redacted} redacted"] if n_redacted else [])),
    ]


def _verdict(on_code: TraceOnCode, display: Display) -> list[str]:
    verdict = on_code.examination.verdict
    lines = [f"**Verdict: {verdict.certainty}.** {sentence(display, verdict.summary)}", ""]
    if verdict.start_at is not None:
        names = start_names(on_code, display, verdict, verdict.start_at)
        named = f" {code_span(names)}" if names else ""
        lines += [f"{start_label(verdict)} {_place(verdict.start_at)}{named}", ""]
    reasons = [f"- {sentence(display, reason.text)}" for reason in verdict.reasons]
    return [*lines, *reasons, *([""] if reasons else [])]


def _findings(on_code: TraceOnCode, display: Display, options: ReportOptions) -> list[str]:
    shown = shown_findings(on_code)
    if not shown:
        return []
    lines = [f"**Findings:** {severity_words(by_severity(shown))}", ""]
    explained: set[object] = set()
    for finding in shown:
        lines += _finding(on_code, display, options, finding, explained)
    return lines


def _finding(
    on_code: TraceOnCode,
    display: Display,
    options: ReportOptions,
    finding: Finding,
    explained: set[object],
) -> list[str]:
    where = f" {_place(finding.place)}" if finding.place is not None else ""
    about = code_span(subject(on_code, display, finding))
    headline = f"{_ICONS[finding.severity]} **{escaped(finding.rule)}**{where} {about}"
    said = [sentence(display, finding.message)]
    said += [sentence(display, finding.detail)] if finding.detail is not None else []
    lines = [headline, "", *(line for words in said for line in (words, ""))]
    body = _texts(finding_body(on_code, display, options, finding, explained))
    return [*lines, *(fence(body) if body else [])]


def _origin(on_code: TraceOnCode, display: Display, options: ReportOptions) -> list[Line]:
    if options.values == "none":
        return []
    return origin_section(on_code, display, options.width)


def _place(place: Place) -> str:
    return code_span(place_label(place))


def _details(summary: str, lines: Sequence[Line]) -> list[str]:
    if not lines:
        return []
    opening = f"<details><summary>{summary}</summary>"
    return [opening, "", *fence(_texts(lines)), "</details>", ""]


def _texts(lines: Sequence[Line]) -> list[str]:
    return [one_line(text_of(line)) for line in lines]
