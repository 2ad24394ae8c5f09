"""One span with everything recorded of it: `--span ID`."""

from __future__ import annotations

from tracegloss.model.finding import Finding
from tracegloss.model.trace import Span, SpanException
from tracegloss.recorded import RecordedValue
from tracegloss.report.commands import why_command
from tracegloss.report.counting import count
from tracegloss.report.excerpt import from_place
from tracegloss.report.lookup import find_span
from tracegloss.report.marking import marks, shown_findings
from tracegloss.report.naming import site_of_span, span_name
from tracegloss.report.options import ReportOptions
from tracegloss.report.tally import tokens_of
from tracegloss.report.text.findings import excerpt_lines
from tracegloss.report.text.frames import frames_of
from tracegloss.report.text.full_values import full_lines
from tracegloss.report.text.segments import (
    EMPTY,
    Line,
    Segment,
    flowing,
    mark,
    paragraph,
    path,
)
from tracegloss.report.text.title import title
from tracegloss.report.text.why import asker_lines, bracketed_type, landing, why_lines
from tracegloss.report.timing import start_ns
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.wording.durations import duration

_MOST_CHILDREN = 20


def span_view(on_code: TraceOnCode, span_id: str, options: ReportOptions) -> list[Line]:
    """Lay out one span: place, times, neighbours, values in full, exceptions, findings, evidence.

    Values are left out only when `options.values` is `none`.
    Raises `UsageError` when the trace has no such span.
    """
    span = find_span(on_code, span_id)
    display = Display(on_code.settings.redaction)
    sections = [
        _headline(on_code, span, display, options),
        _code(on_code, span, display),
        _values("INPUT", span.inputs, display, options),
        _values("OUTPUT", span.outputs, display, options),
        _exceptions(on_code, span, display, options),
        _findings(on_code, span, display, options),
        _events(span, display),
        _why(on_code, span, display, options),
    ]
    lines = title(on_code, display, options.width)
    for section in sections:
        if section:
            lines += [EMPTY, *section]
    return lines


def _headline(
    on_code: TraceOnCode, span: Span, display: Display, options: ReportOptions
) -> list[Line]:
    head = (
        mark(marks(on_code).get(span.span_id)),
        Segment(display.name(span.name), "heading"),
        Segment(f" {bracketed_type(display, span)} "),
        *landing(on_code, span.span_id),
    )
    width = options.width
    return [
        head,
        *flowing(_figures(on_code, span, display), width, 2),
        *_neighbours(on_code, span, display, width),
    ]


def _figures(on_code: TraceOnCode, span: Span, display: Display) -> list[str]:
    message = "" if span.status_message is None else f": {display.line(span.status_message)}"
    began = span.start_ns - (start_ns(on_code.tree) or 0)
    own = on_code.self_ns.get(span.span_id)
    taken = "not ended" if span.duration_ns is None else duration(span.duration_ns)
    tokens = None if span.tokens is None else tokens_of(span.tokens)
    return [
        f"{span.status.value}{message}",
        taken,
        *([] if own is None else [f"{duration(own)} in itself"]),
        f"{duration(began)} after the start",
        *([] if tokens is None else [count(tokens, "token")]),
        *([] if span.model is None else [f"model {display.name(span.model)}"]),
        *([] if span.service is None else [f"service {display.name(span.service)}"]),
        f"span {display.ours(span.span_id)}",
    ]


def _neighbours(on_code: TraceOnCode, span: Span, display: Display, width: int) -> list[Line]:
    above = [span_name(on_code, display, s) for s in on_code.tree.ancestors(span.span_id)]
    below = on_code.tree.children.get(span.span_id, ())
    lines: list[Line] = []
    if above:
        lines += paragraph(f"under {' < '.join(above[:_MOST_CHILDREN])}", width, 2)
    if below:
        names = [span_name(on_code, display, s) for s in below[:_MOST_CHILDREN]]
        rest = f" … {len(below) - _MOST_CHILDREN} more" if len(below) > _MOST_CHILDREN else ""
        lines += paragraph(f"above {', '.join(names)}{rest}", width, 2)
    return lines


def _code(on_code: TraceOnCode, span: Span, display: Display) -> list[Line]:
    site = site_of_span(on_code, span.span_id)
    if site is None:
        return []
    quoted = from_place(on_code.texts, site.at, site.extent, 12)
    if not quoted:
        return []
    return [
        (Segment("CODE", "heading"), Segment("  "), *path(site.at)),
        *excerpt_lines(quoted, display),
    ]


def _values(
    heading: str, recorded: RecordedValue | None, display: Display, options: ReportOptions
) -> list[Line]:
    if options.values == "none":
        return []
    if recorded is None:
        return [(Segment(heading, "heading"), Segment("  not recorded"))]
    lines = full_lines(display.value(recorded), options.width)
    return [(Segment(heading, "heading"),), *lines]


def _exceptions(
    on_code: TraceOnCode, span: Span, display: Display, options: ReportOptions
) -> list[Line]:
    lines: list[Line] = []
    for exception in on_code.examination.exceptions:
        role = exception.roles.get(span.span_id)
        if role is not None:
            words = f"{display.name(exception.type)}: {display.line(exception.message)}"
            lines.append((Segment("EXCEPTION", "heading"), Segment(f"  {role.replace('-', ' ')}")))
            lines += paragraph(words, options.width, 2)
            lines += frames_of(display, exception, options)
    if options.frames == "all":
        for recorded in span.exceptions:
            lines += _stack_text(recorded, display)
    return lines


def _stack_text(recorded: SpanException, display: Display) -> list[Line]:
    text = display.block(recorded.stack_text).rstrip("\n")
    if not text:
        return []
    heading: Line = (Segment("STACK", "heading"), Segment("  as recorded on this span"))
    return [EMPTY, heading, *((Segment(f"  {row}"),) for row in text.split("\n"))]


def _findings(
    on_code: TraceOnCode, span: Span, display: Display, options: ReportOptions
) -> list[Line]:
    about: list[Finding] = [f for f in shown_findings(on_code) if span.span_id in f.span_ids]
    if not about:
        return []
    lines: list[Line] = [(Segment("FINDINGS", "heading"),)]
    for finding in about:
        words = f"{finding.rule}: {display.sentence(finding.message)}"
        lines += paragraph(words, options.width, 2, first=(mark(finding.severity),))
    return lines


def _events(span: Span, display: Display) -> list[Line]:
    others = [event for event in span.events if display.name(event.name) != "exception"]
    if not others:
        return []
    lines: list[Line] = [(Segment("EVENTS", "heading"), Segment(f"  {len(others):,}"))]
    for event in others[:_MOST_CHILDREN]:
        began = "" if event.time_ns is None else duration(max(0, event.time_ns - span.start_ns))
        lines.append((Segment(f"  {began:>9}  {display.name(event.name)}"),))
    if len(others) > _MOST_CHILDREN:
        lines.append((Segment(f"  … {len(others) - _MOST_CHILDREN} more"),))
    return lines


def _why(on_code: TraceOnCode, span: Span, display: Display, options: ReportOptions) -> list[Line]:
    return [
        (Segment("WHY", "heading"), Segment(f"  {why_command(on_code, options, span.span_id)}")),
        *asker_lines(on_code, span.span_id, display, options.width),
        *why_lines(on_code, span.span_id, display, options.width),
    ]
