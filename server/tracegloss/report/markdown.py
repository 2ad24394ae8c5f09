"""The report as Markdown for pull requests and tickets: recorded text is code, never markup."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracegloss.model.finding import Finding, Severity
from tracegloss.model.site import Place
from tracegloss.recorded import Phrase
from tracegloss.report.display import Display
from tracegloss.report.marking import shown_findings
from tracegloss.report.naming import trace_name
from tracegloss.report.options import ReportOptions
from tracegloss.report.places import place_label
from tracegloss.report.printable import one_line
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

_ICONS = {
    Severity.ERROR: "\u274c",
    Severity.WARNING: "\u26a0\ufe0f",
    Severity.INFORMATION: "\u2139\ufe0f",
    Severity.HINT: "\u25ab\ufe0f",
}
_MARKUP = re.compile(r"([\\`*_\[\]<>#!|~&@])")
_BACKTICKS = re.compile(r"`+")


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


def code_span(text: str) -> str:
    """Put a text in a code span, whose marks are longer than any inside it."""
    marks = "`" * (_longest_run(text) + 1)
    room = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{marks}{room}{text or ' '}{room}{marks}"


def fence(lines: Sequence[str]) -> list[str]:
    """Put lines in a fence that none of them can close, with an empty line after it."""
    marks = "`" * max(3, _longest_run("\n".join(lines)) + 1)
    return [f"{marks}text", *lines, marks, ""]


def escaped(text: str) -> str:
    """Escape what Markdown or HTML would read as markup in our own words."""
    return _MARKUP.sub(r"\\\1", text).replace("\\<", "&lt;").replace("\\&", "&amp;")


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
    lines = [f"**Verdict: {verdict.certainty}.** {_sentence(display, verdict.summary)}", ""]
    if verdict.start_at is not None:
        names = start_names(on_code, display, verdict, verdict.start_at)
        named = f" {code_span(names)}" if names else ""
        lines += [f"{start_label(verdict)} {_place(verdict.start_at)}{named}", ""]
    reasons = [f"- {_sentence(display, reason.text)}" for reason in verdict.reasons]
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
    said = [_sentence(display, finding.message)]
    said += [_sentence(display, finding.detail)] if finding.detail is not None else []
    lines = [headline, "", *(line for words in said for line in (words, ""))]
    body = _texts(finding_body(on_code, display, options, finding, explained))
    return [*lines, *(fence(body) if body else [])]


def _origin(on_code: TraceOnCode, display: Display, options: ReportOptions) -> list[Line]:
    if options.values == "none":
        return []
    return origin_section(on_code, display, options.width)


def _sentence(display: Display, phrase: Phrase) -> str:
    return "".join(
        escaped(display.ours(part)) if isinstance(part, str) else code_span(display.line(part))
        for part in phrase.parts
    )


def _place(place: Place) -> str:
    return code_span(place_label(place))


def _details(summary: str, lines: Sequence[Line]) -> list[str]:
    if not lines:
        return []
    opening = f"<details><summary>{summary}</summary>"
    return [opening, "", *fence(_texts(lines)), "</details>", ""]


def _texts(lines: Sequence[Line]) -> list[str]:
    return [one_line(text_of(line)) for line in lines]


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
