"""The blocks of a report with a budget, each a function of the trace on code."""

from __future__ import annotations

from collections.abc import Mapping

from tracegloss.model.finding import Finding
from tracegloss.model.resolution import Ambiguous, Confidence, Resolution, Resolved, Unresolved
from tracegloss.report.budget.fence import (
    fenced_name,
    fenced_sentence,
    fenced_value,
    fenced_word,
)
from tracegloss.report.budget.filling import Block
from tracegloss.report.counting import times
from tracegloss.report.excerpt import SourceLine, from_place, lines_before
from tracegloss.report.folding import Row, fold, rows
from tracegloss.report.marking import marks, shown_findings
from tracegloss.report.naming import candidate_places, site_of_span
from tracegloss.report.skeleton import Gap, Skeleton, skeleton
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.wording.durations import duration
from tracegloss.wording.places import file_label, place_label

_MOST_PARAMETERS = 8
_VALUE_ROOM = 240
_MOST_ROWS = 200
_FEWEST_ROWS = 4


def reasons_block(on_code: TraceOnCode, display: Display) -> Block:
    """Write the verdict's summary and reasons."""
    verdict = on_code.examination.verdict
    phrases = [verdict.summary, *(reason.text for reason in verdict.reasons)]
    return Block("reason", tuple(f"- {fenced_sentence(display, words)}" for words in phrases))


def code_block(on_code: TraceOnCode, display: Display) -> Block:
    """Quote the source at the verdict's place."""
    verdict = on_code.examination.verdict
    quoted: tuple[SourceLine, ...] = ()
    proven = verdict.certainty == "proven"
    if verdict.start_at is not None and proven:
        quoted = lines_before(on_code.texts, verdict.start_at)
    elif verdict.start_at is not None:
        site = site_of_span(on_code, verdict.span_id)
        quoted = from_place(on_code.texts, verdict.start_at, site.extent if site else None)
    heading = f"code {file_label(verdict.start_at)}" if verdict.start_at is not None else ""
    lines = tuple(f"{line.number} {display.source(line.text)}" for line in quoted)
    return Block("code line", lines, heading, keeps_last=proven)


def values_block(on_code: TraceOnCode, display: Display) -> Block:
    """Write what went into the verdict's span and what came out."""
    span_id = on_code.examination.verdict.span_id
    span = on_code.tree.spans.get(span_id) if span_id is not None else None
    lines: list[str] = []
    if span is not None and span.inputs is not None:
        value = display.value(span.inputs)
        if isinstance(value, Mapping):
            members = list(value.items())[:_MOST_PARAMETERS]
            shown = " ".join(f"{fenced_word(k)}={fenced_value(v, _VALUE_ROOM)}" for k, v in members)
        else:
            shown = fenced_value(value)
        lines.append(f"in  {shown}")
    if span is not None and span.outputs is not None:
        lines.append(f"out {fenced_value(display.value(span.outputs))}")
    return Block("recorded value", tuple(lines))


def path_block(on_code: TraceOnCode, display: Display) -> Block:
    """Write the spans from the root to the verdict's span with their lines."""
    span_id = on_code.examination.verdict.span_id
    if span_id is None or span_id not in on_code.tree.spans:
        return Block("path", ())
    chain = [*reversed(list(on_code.tree.ancestors(span_id))), span_id]
    steps = [_step(on_code, display, step) for step in chain]
    if len(steps) > 12:
        steps = [*steps[:4], f"… {len(steps) - 10} more …", *steps[-6:]]
    return Block("path", (f"path {' > '.join(steps)}",) if len(chain) > 1 else ())


def findings_block(on_code: TraceOnCode, display: Display) -> Block:
    """Write the findings, gravest first."""
    lines = (_finding(on_code, display, finding) for finding in shown_findings(on_code))
    return Block("finding", tuple(lines), "findings")


def tree_block(on_code: TraceOnCode, display: Display, room: int) -> Block:
    """Write the span tree, or as much of its skeleton as goes into `room` bytes."""
    marked = marks(on_code)
    folded = list(rows(fold(on_code, marked)))
    limit = min(len(folded), _MOST_ROWS)
    while True:
        chosen = skeleton(folded, limit, lambda row: row.first in marked)
        lines = _tree_lines(on_code, display, chosen)
        if limit < _FEWEST_ROWS or sum(len(line.encode()) + 1 for line in lines) <= room:
            break
        limit = limit * 2 // 3
    n_hidden = len(folded) - sum(isinstance(row, Row) for row in chosen)
    return Block("tree line", lines, "tree", _remark(on_code), n_hidden)


def assessments_block(on_code: TraceOnCode, display: Display) -> Block:
    """Write the assessments, one a line, with what they count as."""
    lines: list[str] = []
    for judged in on_code.examination.assessments:
        assessment = judged.assessment
        value = assessment.value
        shown = (
            "" if value is None else f"={fenced_value(display.named(assessment.name, value), 80)}"
        )
        lines.append(f"- {judged.judged}: {fenced_name(display, assessment.name)}{shown}")
    return Block("assessment", tuple(lines), "assessments")


def _finding(on_code: TraceOnCode, display: Display, finding: Finding) -> str:
    where = f" {place_label(finding.place)}" if finding.place is not None else ""
    span = on_code.tree.spans.get(finding.span_ids[0]) if finding.span_ids else None
    about = "whole trace" if span is None else fenced_name(display, span.name)
    severity = finding.severity.name.lower()
    words = fenced_sentence(display, finding.message)
    return f"- {severity} {finding.rule}{where} {about}: {words}"


def _step(on_code: TraceOnCode, display: Display, span_id: str) -> str:
    name = fenced_name(display, on_code.tree.spans[span_id].name)
    return f"{name} {_landing(on_code.correlation.resolutions[span_id])}"


def _landing(resolution: Resolution) -> str:
    match resolution:
        case Resolved(site=site, confidence=confidence):
            word = "" if confidence is Confidence.EXACT else f" ({confidence.name.lower()})"
            return f"{place_label(site.at)}{word}"
        case Ambiguous():
            places = candidate_places(resolution)
            return f"one of {len(places)}: {', '.join(map(place_label, places[:3]))}"
        case Unresolved(reason=reason):
            return f"({reason})"


def _tree_lines(on_code: TraceOnCode, display: Display, chosen: Skeleton) -> tuple[str, ...]:
    return tuple(
        f"{_indent(row.depth)}… {row.n_spans:,} more"
        if isinstance(row, Gap)
        else _tree_line(on_code, display, row)
        for row in chosen
    )


def _tree_line(on_code: TraceOnCode, display: Display, row: Row) -> str:
    span = on_code.tree.spans[row.first]
    taken = [on_code.tree.spans[member].duration_ns for member in row.span_ids]
    total = sum(nanoseconds for nanoseconds in taken if nanoseconds is not None)
    failed = "ERROR " if span.status.value == "ERROR" else ""
    name = f"{fenced_name(display, span.name)}{times(len(row.span_ids))}"
    where = _landing(on_code.correlation.resolutions[row.first])
    return f"{_indent(row.depth)}{failed}{name} {duration(total)} {where}"


def _indent(depth: int) -> str:
    return " " * min(depth, 20)


def _remark(on_code: TraceOnCode) -> str:
    all_ok = all(span.status.value != "ERROR" for span in on_code.trace.spans)
    all_exact = all(
        isinstance(r, Resolved) and r.confidence is Confidence.EXACT
        for r in on_code.correlation.resolutions.values()
    )
    said = [*(["all OK"] if all_ok else []), *(["all exact"] if all_exact else [])]
    return f" ({', '.join(said)})" if said else ""
