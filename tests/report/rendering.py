"""Every way a trace on code can be shown, so that what must hold everywhere is tried everywhere."""

from __future__ import annotations

from collections.abc import Callable

from tracegloss.report.budget.report import budget_report
from tracegloss.report.github import github_report
from tracegloss.report.json.report import json_line, json_report, json_text
from tracegloss.report.markdown import markdown_report
from tracegloss.report.options import ReportOptions
from tracegloss.report.sarif import sarif_report
from tracegloss.report.summary import json_summary, sightings
from tracegloss.report.text.find import find_view
from tracegloss.report.text.report import text_report
from tracegloss.report.text.span_view import span_view
from tracegloss.report.text.terminal import ansi_text, plain_text
from tracegloss.report.text.why import why_view
from tracegloss.trace_on_code import TraceOnCode

OPTIONS = ReportOptions()
EVERYTHING = ReportOptions(everything=True, frames="all")
IN_FULL = ReportOptions(values="full", frames="all")


def text(on_code: TraceOnCode, options: ReportOptions = OPTIONS) -> str:
    return plain_text(text_report(on_code, options))


def _each_span(on_code: TraceOnCode, view: Callable[[str], str]) -> str:
    return "".join(view(span_id) for span_id in on_code.tree.order)


RENDERERS: dict[str, Callable[[TraceOnCode], str]] = {
    "text": text,
    "text, everything": lambda on_code: text(on_code, EVERYTHING),
    "text, no values": lambda on_code: text(on_code, ReportOptions(values="none")),
    "text, narrow": lambda on_code: text(on_code, ReportOptions(width=60)),
    "terminal": lambda on_code: ansi_text(text_report(on_code, OPTIONS), address=lambda _: "file:///x"),
    "ASCII": lambda on_code: plain_text(text_report(on_code, OPTIONS), unicode=False),
    "span": lambda on_code: _each_span(
        on_code, lambda span_id: plain_text(span_view(on_code, span_id, IN_FULL))
    ),
    "why": lambda on_code: _each_span(
        on_code, lambda span_id: plain_text(why_view(on_code, span_id, OPTIONS))
    ),
    "find": lambda on_code: plain_text(find_view(on_code, "a", EVERYTHING)),
    "budget, least": lambda on_code: budget_report(on_code, OPTIONS, 200),
    "budget, ample": lambda on_code: budget_report(on_code, OPTIONS, 20_000),
    "markdown": lambda on_code: markdown_report(on_code, EVERYTHING),
    "json": lambda on_code: json_text(json_report(on_code, OPTIONS)),
    "json, a span in full": lambda on_code: _each_span(
        on_code, lambda span_id: json_text(json_report(on_code, IN_FULL, span_id=span_id))
    ),
    "json summary": lambda on_code: json_line(json_summary([sightings(on_code)], "never")),
    "github": github_report,
    "sarif": lambda on_code: json_text(sarif_report(on_code)),
}  # fmt: skip
