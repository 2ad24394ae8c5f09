"""The section FINDINGS: each with its place, recorded values, source and related places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracegloss.model.finding import Finding, Related, Severity
from tracegloss.report.counting import count
from tracegloss.report.excerpt import SourceLine, first_statements, lines_before, source_line
from tracegloss.report.freshness import subject_note
from tracegloss.report.marking import shown_findings
from tracegloss.report.naming import span_name
from tracegloss.report.options import ReportOptions
from tracegloss.report.tally import by_severity
from tracegloss.report.text.frames import frames_of
from tracegloss.report.text.segments import Line, Segment, mark, paragraph, path
from tracegloss.report.text.values import in_and_out
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.columns import cells, pad
from tracegloss.wording.display import Display

_RULE = 22
_PLACE = 24
_MOST_FINDINGS = 20
_MOST_RELATED = 6


def findings_section(on_code: TraceOnCode, display: Display, options: ReportOptions) -> list[Line]:
    """Write all findings that are not suppressed, gravest first; nothing when there are none."""
    shown = shown_findings(on_code)
    n_suppressed = len(on_code.examination.findings) - len(shown)
    if not shown and not n_suppressed:
        return []
    lines: list[Line] = [_header(by_severity(shown), n_suppressed)]
    limit = len(shown) if options.everything else _MOST_FINDINGS
    explained: set[object] = set()
    for finding in shown[:limit]:
        lines += _finding(on_code, display, options, finding, explained)
        lines.append(())
    if len(shown) > limit:
        words = f"{count(len(shown) - limit, 'more finding')} (--all shows them)"
        return [*lines, (Segment(f"  {words}", "dim"),)]
    return lines[:-1] if shown else lines


def severity_words(counts: Mapping[Severity, int]) -> str:
    """Count findings in words: `1 error, 2 warnings`."""
    named = [count(number, severity.name.lower()) for severity, number in counts.items() if number]
    return ", ".join(named)


def _header(counts: Mapping[Severity, int], n_suppressed: int) -> Line:
    words = severity_words(counts)
    suppressed = f"{n_suppressed:,} suppressed" if n_suppressed else ""
    said = " · ".join(word for word in (words, suppressed) if word)
    return Segment("FINDINGS", "heading"), Segment(f"  {said}")


def _finding(
    on_code: TraceOnCode,
    display: Display,
    options: ReportOptions,
    finding: Finding,
    explained: set[object],
) -> list[Line]:
    lines = [_headline(on_code, display, finding)]
    lines += paragraph(display.sentence(finding.message), options.width, 4)
    if finding.detail is not None:
        lines += paragraph(display.sentence(finding.detail), options.width, 4)
    return lines + finding_body(on_code, display, options, finding, explained)


def finding_body(
    on_code: TraceOnCode,
    display: Display,
    options: ReportOptions,
    finding: Finding,
    explained: set[object],
) -> list[Line]:
    """Write recorded values, source, related places and stack of a finding.

    Values of a span and source of a place stand with the first finding only; `explained` remembers
    them from one finding to the next.
    """
    lines: list[Line] = []
    span_id = finding.span_ids[0] if finding.span_ids else None
    span = on_code.tree.spans.get(span_id) if span_id is not None else None
    if span is not None and span_id not in explained and options.values != "none":
        lines += in_and_out(span, display, options.width)
    explained.add(span_id)
    if finding.place not in explained:
        lines += excerpt_lines(_excerpt(on_code, finding), display)
    explained.add(finding.place)
    lines += _related(on_code, display, finding, options.width)
    if finding.exception is not None:
        exception = on_code.examination.exceptions[finding.exception]
        lines += frames_of(display, exception, options)
    return lines


def _headline(on_code: TraceOnCode, display: Display, finding: Finding) -> Line:
    rule = Segment(pad(finding.rule, _RULE) + "  ")
    if finding.place is None:
        place: Line = (Segment(pad("", _PLACE)),)
    else:
        place = path(finding.place, _PLACE)
    return mark(finding.severity), rule, *place, Segment("  " + subject(on_code, display, finding))


def subject(on_code: TraceOnCode, display: Display, finding: Finding) -> str:
    """Name the span a finding is about, or the whole trace."""
    if not finding.span_ids:
        return "whole trace"
    span_id = finding.span_ids[0]
    since = on_code.since_at(finding.span_ids, finding.place)
    return span_name(on_code, display, span_id) + subject_note(since)


def excerpt_lines(lines: Sequence[SourceLine], display: Display) -> list[Line]:
    """Write source lines with their numbers."""
    digits = max((len(str(line.number)) for line in lines), default=0)
    return [
        (Segment(f"    {line.number:>{digits}} │ ", "dim"), Segment(display.source(line.text)))
        for line in lines
    ]


def _excerpt(on_code: TraceOnCode, finding: Finding) -> tuple[SourceLine, ...]:
    place = finding.place
    if place is None or not finding.span_ids:
        return ()
    site = finding.site
    if site is not None and site.at == place:
        return first_statements(on_code.texts, place, site.extent)
    return lines_before(on_code.texts, place)


def _related(on_code: TraceOnCode, display: Display, finding: Finding, width: int) -> list[Line]:
    if not finding.related:
        return []
    heading = "passed through" if finding.exception is not None else "see also"
    lines: list[Line] = [(Segment(f"    {heading}", "dim"),)]
    for related in finding.related[:_MOST_RELATED]:
        lines += _related_place(display, related, width)
        if related.place is not None and finding.exception is not None:
            quoted = display.source(source_line(on_code.texts, related.place))
            lines += [(Segment(" " * 12), Segment(quoted))] if quoted else []
    if len(finding.related) > _MOST_RELATED:
        lines.append((Segment(f"          … {len(finding.related) - _MOST_RELATED} more", "dim"),))
    return lines


def _related_place(display: Display, related: Related, width: int) -> list[Line]:
    words = display.sentence(related.message)
    if related.place is None:
        return paragraph(words, width, 10)
    place = path(related.place)
    indent = 10 + cells(place[0].text) + 2
    first = (Segment(" " * 10), *place, Segment("  "))
    return paragraph(words, max(width, indent + 20), indent, first=first)
