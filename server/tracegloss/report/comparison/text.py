"""A comparison of two traces as styled lines."""

from __future__ import annotations

from shlex import join

from tracegloss.compare.comparison import Comparison
from tracegloss.compare.prompts import prompt_changes
from tracegloss.compare.suspects import Suspect
from tracegloss.model.finding import JudgedAssessment
from tracegloss.report.comparison.changes import changed_rows, shown_changes
from tracegloss.report.comparison.tree import spans_section
from tracegloss.report.comparison.verdict import comparison_verdict
from tracegloss.report.comparison.words import (
    between_words,
    changed_words,
    commit_line,
    how_words,
    place_of,
    row_words,
    span_of,
)
from tracegloss.report.counting import count
from tracegloss.report.naming import trace_name
from tracegloss.report.options import ReportOptions
from tracegloss.report.text.segments import EMPTY, Line, Segment, flowing, paragraph, path
from tracegloss.report.text.standing import short
from tracegloss.report.text.title import figures_of, state_words
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.columns import cells
from tracegloss.wording.display import Display
from tracegloss.wording.printable import one_line

MOST_SUSPECTS = 12
MOST_COMMITS = 4
MOST_CHANGED = 12
_LABEL = 8
_UNREAD = "no function on the path is seen to read it"


def comparison_text(comparison: Comparison, options: ReportOptions) -> list[Line]:
    """Lay out a comparison: title, verdict, suspects, spans, differences, assessments, next."""
    display = Display(comparison.after.settings.redaction)
    sections = [
        verdict_section(comparison, display, options.width),
        suspects_section(comparison, display, options),
        spans_section(comparison, display, options),
        differences_section(comparison, display, options),
        labels_section(comparison, display, options.width),
        next_section(comparison, display),
    ]
    lines = title_section(comparison, display, options.width)
    for section in sections:
        if section:
            lines += [EMPTY, *section]
    return lines


def title_section(comparison: Comparison, display: Display, width: int) -> list[Line]:
    """Write the name, how both ended, and a line for each trace."""
    before, after = comparison.before, comparison.after
    states = [state_words(each) for each in (before, after)]
    told = states[0] if states[0] == states[1] else " → ".join(states)
    head: Line = (
        Segment(trace_name(after, display), "heading"),
        Segment(f" · {told} · two traces compared"),
    )
    return [
        head,
        *_trace_lines("before", before, display, width),
        *_trace_lines("after", after, display, width),
        *_redacted(display),
    ]


def _trace_lines(label: str, on_code: TraceOnCode, display: Display, width: int) -> list[Line]:
    commit = on_code.standing.commit
    ran = "no commit recorded" if commit is None else f"commit {short(commit, display)}"
    trace_id = display.ours(on_code.trace.info.trace_id)
    items = [trace_id, *figures_of(on_code, display), ran]
    first: Line = (Segment(f"{label:<{_LABEL}}", "dim"),)
    return flowing(items, width, _LABEL, first=first)


def _redacted(display: Display) -> list[Line]:
    number = sum(display.redacted.values())
    return [(Segment(f"{count(number, 'secret')} redacted"),)] if number else []


def verdict_section(comparison: Comparison, display: Display, width: int) -> list[Line]:
    """Write the verdict with its reasons."""
    verdict = comparison_verdict(comparison, display)
    lines: list[Line] = [(Segment("VERDICT", "heading"), Segment(f"  {verdict.certainty}"))]
    lines += paragraph(verdict.summary, width, 2)
    if verdict.start_at is not None:
        label = "Start at" if verdict.certainty == "likely" else "Look at "
        lines.append(
            (Segment(f"  {label}  "), *path(verdict.start_at), Segment(f"  {verdict.function}"))
        )
    for number, reason in enumerate(verdict.reasons):
        word = "because" if not number and verdict.certainty == "likely" else ""
        lines += paragraph(reason, width, 12, first=(Segment(f"  {word:<10}"),))
    return lines


def suspects_section(
    comparison: Comparison, display: Display, options: ReportOptions
) -> list[Line]:
    """List what changed on the path, the likeliest first, with its commits."""
    heading = Segment("SUSPECTS", "heading")
    if comparison.commits.unknown:
        words = f"  not looked for: {display.ours(comparison.commits.unknown)}"
        return [(heading, Segment(words))]
    found = comparison.suspects
    is_same = comparison.commits.before == comparison.commits.after
    if is_same and not found:
        return [(heading, Segment("  none: both ran at the same commit"))]
    between = "the runs, which no commit says" if is_same else between_words(comparison, display)
    if not found:
        return [(heading, Segment(f"  no function on the path changed between {between}"))]
    changed = f"{changed_words(found)} changed between {between}"
    lines: list[Line] = [(heading, Segment(f"  {changed}"))]
    limit = len(found) if options.everything else MOST_SUSPECTS
    for suspect in found[:limit]:
        lines += _suspect(comparison, suspect, display, options.width)
    if len(found) > limit:
        lines.append((Segment(f"  … {len(found) - limit} more (--all shows them)", "dim"),))
    return lines


def _suspect(comparison: Comparison, suspect: Suspect, display: Display, width: int) -> list[Line]:
    changed = suspect.changed
    name = one_line(changed.function.qualified_name)
    lines: list[Line] = [
        (
            Segment("! " if suspect.why == "first-difference" else "  ", "warning"),
            *path(changed.at),
            Segment(f"  {name}"),
            Segment(f"  {how_words(suspect)}", "dim"),
        ),
        *paragraph(_why(comparison, suspect, display), width, 4),
    ]
    for commit in changed.commits[:MOST_COMMITS]:
        lines += paragraph(commit_line(commit, display), width, 4)
    if len(changed.commits) > MOST_COMMITS:
        lines.append((Segment(f"    … {len(changed.commits) - MOST_COMMITS} more commits"),))
    return lines


def _why(comparison: Comparison, suspect: Suspect, display: Display) -> str:
    """Say what happened on the rows that a changed function may explain."""
    if not suspect.rows:
        return "no span of it is aligned" if suspect.changed.is_function else _UNREAD
    row = comparison.rows[suspect.rows[0]]
    name = display.name(span_of(comparison, row).name)
    under = "called under " if suspect.changed.is_function else "read under "
    reached = under if suspect.changed.called_by else ""
    more = f" and {count(len(suspect.rows) - 1, 'more span')}" if len(suspect.rows) > 1 else ""
    words = {
        "first-difference": "the first that ended differently on the same input",
        "other-end": "ended differently on the same input",
        "only-in-one": "in one of the runs only",
        "input-differs": "was given something else",
        "on-path": "ended alike",
    }[suspect.why]
    return f"{reached}{name}{more}: {words}"


def differences_section(
    comparison: Comparison, display: Display, options: ReportOptions
) -> list[Line]:
    """Write what differs in ends, values, models and tokens, the first difference first."""
    values = options.values != "none"
    numbers = changed_rows(comparison, values=values)
    if not numbers:
        return []
    counted = count(len(numbers), "span")
    lines: list[Line] = [(Segment("DIFFERENCES", "heading"), Segment(f"  {counted}"))]
    limit = len(numbers) if options.everything else MOST_CHANGED
    for number in numbers[:limit]:
        row = comparison.rows[number]
        name = display.name(span_of(comparison, row).name)
        place = place_of(comparison, row)
        at = () if place is None else (Segment("  "), *path(place))
        words = row_words(row, comparison.differences.get(number))
        lines.append((Segment(f"  {name}"), *at, Segment(f"  {words}", "dim")))
        lines += _changes(comparison, number, display, options)
    if len(numbers) > limit:
        lines.append((Segment(f"  … {len(numbers) - limit} more (--all shows them)", "dim"),))
    return lines


def _changes(
    comparison: Comparison, number: int, display: Display, options: ReportOptions
) -> list[Line]:
    width = options.width
    values = options.values != "none"
    shown = shown_changes(comparison, number, display, width - 10, values=values)
    lines: list[Line] = []
    for change in shown:
        whole = f"    {change.what}  {change.before}" + (
            f" → {change.after}" if change.after else ""
        )
        if cells(whole) <= width:
            lines.append((Segment(whole),))
        else:
            lines.append((Segment(f"    {change.what}"),))
            lines.append((Segment(f"      - {change.before}"),))
            lines.append((Segment(f"      + {change.after}"),))
    return lines


def labels_section(comparison: Comparison, display: Display, width: int) -> list[Line]:
    """Write prompts in other versions, and assessments judged otherwise."""
    lines: list[Line] = []
    for change in prompt_changes(comparison.before, comparison.after):
        old, new = (
            ", ".join(display.name(version) for version in versions) or "not used"
            for versions in (change.before, change.after)
        )
        lines += paragraph(f"prompt {display.name(change.name)}  {old} → {new}", width, 2)
    for name, old, new in assessment_changes(comparison, display):
        lines += paragraph(f"assessment {name}  {old} → {new}", width, 2)
    heading: Line = (Segment("PROMPTS AND ASSESSMENTS", "heading"),)
    return [heading, *lines] if lines else []


def assessment_changes(comparison: Comparison, display: Display) -> list[tuple[str, str, str]]:
    """List assessments of whole traces that are judged otherwise, or made of one trace only."""
    old, new = _judged(comparison.before, display), _judged(comparison.after, display)
    names = dict.fromkeys((*old, *new))
    none = "not assessed"
    return [(n, old.get(n, none), new.get(n, none)) for n in names if old.get(n) != new.get(n)]


def _judged(on_code: TraceOnCode, display: Display) -> dict[str, str]:
    def counts(each: JudgedAssessment) -> bool:
        return each.judged != "overridden" and each.assessment.span_id is None

    return {
        display.name(each.assessment.name): each.judged
        for each in on_code.examination.assessments
        if counts(each)
    }


def next_section(comparison: Comparison, display: Display) -> list[Line]:
    """Name the command that shows what changed in the code of the first difference."""
    if comparison.first is None:
        return []
    heading = Segment("NEXT", "heading")
    prime = next((s for s in comparison.suspects if s.why == "first-difference"), None)
    if prime is not None and prime.changed.called_by:
        ends = (short(comparison.commits.before, display), short(comparison.commits.after, display))
        command = join(["git", "diff", *ends, "--", one_line(prime.changed.at.path)])
        return [(heading, Segment(f"     {command}"))]
    source = comparison.before.source
    trace = source.uri if source.kind == "file" else comparison.before.trace.info.trace_id
    span = comparison.rows[comparison.first].before
    view = "--as-ran" if prime is None else "--diff"
    command = join(["tracegloss", "show", display.ours(trace), display.ours(span), view])
    return [(heading, Segment(f"     {command}"))]
