"""The spans that hold a text, in order of time, on code: `--find TEXT`."""

from __future__ import annotations

from tracegloss.report.counting import count
from tracegloss.report.naming import site_of_span
from tracegloss.report.options import ReportOptions
from tracegloss.report.searching import SpanHits, spans_holding
from tracegloss.report.text.segments import EMPTY, Line, Segment, paragraph, path
from tracegloss.report.text.title import title
from tracegloss.report.timing import start_ns
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.columns import pad
from tracegloss.wording.cutting import cut
from tracegloss.wording.display import Display
from tracegloss.wording.durations import duration
from tracegloss.wording.printable import one_line

_MOST_HITS = 3
_MOST_SPANS = 50
_NAME = 30


def find_view(on_code: TraceOnCode, text: str, options: ReportOptions) -> list[Line]:
    """Write each span with its line and up to three recorded texts that hold `text`."""
    display = Display(on_code.settings.redaction)
    found = spans_holding(on_code, display, text, max(40, options.width - 34))
    limit = len(found) if options.everything else _MOST_SPANS
    began = start_ns(on_code.tree) or 0
    lines = [line for one in found[:limit] for line in _span(on_code, one, began, display, options)]
    if len(found) > limit:
        words = f"{count(len(found) - limit, 'more span')} (--all shows them)"
        lines.append((Segment(f"  {words}", "dim"),))
    heading = title(on_code, display, options.width)
    return [*heading, EMPTY, *_headline(on_code, text, len(found), options.width), *lines]


def _headline(on_code: TraceOnCode, text: str, n_found: int, width: int) -> list[Line]:
    quoted = cut(one_line(text), 60)
    n_spans = len(on_code.trace.spans)
    if n_found:
        words = f'  "{quoted}" in {n_found:,} of {count(n_spans, "span")}'
        return [(Segment("FOUND", "heading"), Segment(words))]
    words = (
        f'No span holds "{quoted}". Searched {count(n_spans, "span")}: names, inputs, outputs, '
        "status messages, exceptions, attributes. What redaction hides cannot be found."
    )
    return paragraph(words, width, 0)


def _span(
    on_code: TraceOnCode,
    found: SpanHits,
    trace_start_ns: int,
    display: Display,
    options: ReportOptions,
) -> list[Line]:
    span = on_code.tree.spans[found.span_id]
    began = duration(span.start_ns - trace_start_ns)
    site = site_of_span(on_code, found.span_id)
    code: Line = path(site.at) if site is not None else (Segment("not on code", "dim"),)
    lines: list[Line] = [(Segment(f"  {began:>9}  {pad(display.name(span.name), _NAME)}  "), *code)]
    limit = len(found.hits) if options.everything else _MOST_HITS
    for hit in found.hits[:limit]:
        where = f"{hit.where}  {hit.member}" if hit.member else hit.where
        lines.append((Segment(f"{' ' * 13}{where}  ", "dim"), Segment(hit.around)))
    if len(found.hits) > limit:
        lines.append((Segment(f"{' ' * 13}… {len(found.hits) - limit} more", "dim"),))
    return lines
