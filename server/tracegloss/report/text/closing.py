"""The last sections of a report: problems of the data, CHECKED, and NEXT."""

from __future__ import annotations

from msgspec import Struct

from tracegloss.model.finding import Verdict
from tracegloss.model.resolution import Ambiguous, Confidence, Freshness, Resolved
from tracegloss.model.trace import Problem
from tracegloss.report.commands import show_command, span_command, this_report, why_command
from tracegloss.report.counting import some
from tracegloss.report.naming import span_name
from tracegloss.report.options import ReportOptions
from tracegloss.report.problems import all_problems
from tracegloss.report.text.segments import Line, Segment, paragraph
from tracegloss.report.topics import topic, topics
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display

_LABEL = 9
_MOST_PROBLEMS = 6


class Suggestion(Struct, frozen=True):
    """A command to run next and what it shows."""

    command: str
    shows: str


def problems_section(on_code: TraceOnCode, display: Display, options: ReportOptions) -> list[Line]:
    """Write what of the data could not be read; nothing when all could."""
    problems = all_problems(on_code)
    if not problems:
        return []
    lines: list[Line] = [(Segment("PROBLEMS", "heading"), Segment(f"  {len(problems):,}"))]
    limit = len(problems) if options.everything else _MOST_PROBLEMS
    for problem in problems[:limit]:
        lines += paragraph(_problem(problem, display), options.width, 2)
    if len(problems) > limit:
        lines.append((Segment(f"  … {len(problems) - limit:,} more (--all shows them)", "dim"),))
    return lines


def checked_section(on_code: TraceOnCode, display: Display, width: int) -> list[Line]:
    """Say what was looked for, and what could not be and why; this section is always there."""
    examination = on_code.examination
    looked = ", ".join(topics(examination.checked)) or "nothing"
    skipped = dict.fromkeys(
        f"{topic(one.rule)} ({display.ours(one.reason)})" for one in examination.not_checked
    )
    words = looked + (f" · not checked: {', '.join(skipped)}" if skipped else "")
    return paragraph(words, width, _LABEL, first=_heading("CHECKED"))


def next_section(on_code: TraceOnCode, display: Display, options: ReportOptions) -> list[Line]:
    """Suggest at most two commands, with what each shows."""
    lines: list[Line] = []
    for suggestion in suggestions(on_code, display, options)[:2]:
        first = _heading("NEXT") if not lines else (Segment(" " * _LABEL),)
        lines.append((*first, Segment(suggestion.command)))
        lines += paragraph(suggestion.shows, options.width, _LABEL)
    return lines


def suggestions(on_code: TraceOnCode, display: Display, options: ReportOptions) -> list[Suggestion]:
    """Think of commands worth running for the verdict, for an edited and for an unsure span."""
    found: list[Suggestion] = []
    span_id = _span_of_interest(on_code)
    if span_id is not None:
        raised = on_code.examination.verdict.kind == "error"
        flags = ("--frames", "all") if raised else ()
        extra = " and its whole stack" if raised else ""
        shows = f"{span_name(on_code, display, span_id)} with its full input and output{extra}"
        found.append(Suggestion(span_command(on_code, options, span_id, *flags), shows))
    unsure = _unsure_span(on_code)
    if unsure is not None:
        name = span_name(on_code, display, unsure)
        found.append(
            Suggestion(why_command(on_code, options, unsure), f"why {name} is not certain")
        )
    edited = _edited_span(on_code, span_id)
    if edited is not None:
        name = span_name(on_code, display, edited)
        diff = Suggestion(show_command(on_code, options, edited), f"{name} as it ran, against now")
        found[1:] = [diff, *found[1:]]
    return found or [_everything(on_code, options)]


def _everything(on_code: TraceOnCode, options: ReportOptions) -> Suggestion:
    return Suggestion(f"{this_report(on_code, options)} --all", "every span on a row of its own")


def _span_of_interest(on_code: TraceOnCode) -> str | None:
    verdict: Verdict = on_code.examination.verdict
    if verdict.span_id in on_code.tree.spans:
        return verdict.span_id
    roots = on_code.tree.roots or on_code.tree.orphans
    return roots[0] if roots else None


def _edited_span(on_code: TraceOnCode, of_interest: str | None) -> str | None:
    """Choose a span edited since a text that is known: the verdict's, else the first."""
    edited = [s for s in on_code.tree.order if _is_edited(on_code, s)]
    return of_interest if of_interest in edited else next(iter(edited), None)


def _is_edited(on_code: TraceOnCode, span_id: str) -> bool:
    since = on_code.since.get(span_id)
    if since is None or since.basis == "stack-text":
        return False  # the text that ran is not known
    return since.freshness is Freshness.EDITED


def _unsure_span(on_code: TraceOnCode) -> str | None:
    resolutions = on_code.correlation.resolutions
    order = on_code.tree.order
    tie = next((s for s in order if isinstance(resolutions[s], Ambiguous)), None)
    return tie or next((s for s in order if _is_weak(on_code, s)), None)


def _is_weak(on_code: TraceOnCode, span_id: str) -> bool:
    resolution = on_code.correlation.resolutions[span_id]
    return isinstance(resolution, Resolved) and resolution.confidence is Confidence.WEAK


def _problem(problem: Problem, display: Display) -> str:
    spans = [display.ours(span_id) for span_id in problem.span_ids]
    where = [f"span {some(spans, 3)}"] if spans else []
    where += [display.ours(problem.path)] if problem.path else []
    located = f" ({', '.join(where)})" if where else ""
    return f"{problem.code}: {display.sentence(problem.message)}{located}"


def _heading(words: str) -> Line:
    return Segment(words, "heading"), Segment(" " * (_LABEL - len(words)))
