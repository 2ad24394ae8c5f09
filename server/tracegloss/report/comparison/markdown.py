"""A comparison as Markdown for pull requests and tickets: recorded text is code, never markup."""

from __future__ import annotations

from collections.abc import Sequence

from tracegloss.compare.comparison import Comparison
from tracegloss.report.comparison.text import (
    differences_section,
    labels_section,
    suspects_section,
    title_section,
)
from tracegloss.report.comparison.tree import spans_section
from tracegloss.report.comparison.verdict import comparison_verdict
from tracegloss.report.naming import trace_name
from tracegloss.report.options import ReportOptions
from tracegloss.report.text.segments import Line, text_of
from tracegloss.wording.display import Display
from tracegloss.wording.markup import code_span, escaped, fence
from tracegloss.wording.places import place_label
from tracegloss.wording.printable import one_line


def comparison_markdown(comparison: Comparison, options: ReportOptions) -> str:
    """Write verdict and suspects openly, the tables of the text report in fences."""
    display = Display(comparison.after.settings.redaction)
    body = [
        *_verdict(comparison, display),
        *fence(_texts(suspects_section(comparison, display, options))),
        *_details("Spans", spans_section(comparison, display, options)),
        *_details("Differences", differences_section(comparison, display, options)),
        *_details("Prompts and assessments", labels_section(comparison, display, options.width)),
    ]
    name = code_span(trace_name(comparison.after, display))
    title = [f"### {name} · two traces compared", ""]
    head = title_section(comparison, display, options.width)[1:]
    return "\n".join([*title, *fence(_texts(head)), *body]).rstrip("\n") + "\n"


def _verdict(comparison: Comparison, display: Display) -> list[str]:
    verdict = comparison_verdict(comparison, display)
    lines = [f"**Verdict: {verdict.certainty}.** {escaped(verdict.summary)}", ""]
    if verdict.start_at is not None:
        label = "Start at" if verdict.certainty == "likely" else "Look at"
        named = f" {code_span(verdict.function)}" if verdict.function else ""
        lines += [f"{label} {code_span(place_label(verdict.start_at))}{named}", ""]
    reasons = [f"- {escaped(reason)}" for reason in verdict.reasons]
    return [*lines, *reasons, *([""] if reasons else [])]


def _details(summary: str, lines: Sequence[Line]) -> list[str]:
    if not lines:
        return []
    opening = f"<details><summary>{summary}</summary>"
    return [opening, "", *fence(_texts(lines)), "</details>", ""]


def _texts(lines: Sequence[Line]) -> list[str]:
    return [one_line(text_of(line)) for line in lines]
