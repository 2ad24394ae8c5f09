"""The whole text report of one trace."""

from __future__ import annotations

from tracegloss.report.options import ReportOptions
from tracegloss.report.text.assessments import assessments_section
from tracegloss.report.text.closing import checked_section, next_section, problems_section
from tracegloss.report.text.findings import findings_section
from tracegloss.report.text.origin import origin_section
from tracegloss.report.text.segments import EMPTY, Line
from tracegloss.report.text.spans import spans_section
from tracegloss.report.text.title import title
from tracegloss.report.text.unresolved import unresolved_section
from tracegloss.report.text.verdict import verdict_section
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display


def text_report(on_code: TraceOnCode, options: ReportOptions) -> list[Line]:
    """Lay out a trace in the order a reader needs it; sections with nothing to say are left out."""
    display = Display(on_code.settings.redaction)
    width = options.width
    verdict = verdict_section(on_code, display, width)
    spans = spans_section(on_code, display, options)
    findings = findings_section(on_code, display, options)
    origin = origin_section(on_code, display, width) if options.values != "none" else []
    assessments = assessments_section(on_code, display, width)
    unresolved = unresolved_section(on_code, display, options)
    problems = problems_section(on_code, display, options)
    closing = [
        *checked_section(on_code, display, width),
        *next_section(on_code, display, options),
    ]
    heading = title(on_code, display, width)
    return _spaced(
        heading, verdict, spans, findings, origin, assessments, unresolved, problems, closing
    )


def _spaced(*sections: list[Line]) -> list[Line]:
    lines: list[Line] = []
    for section in sections:
        if section:
            lines += [EMPTY, *section] if lines else section
    return lines
