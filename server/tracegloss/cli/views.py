"""Chooses the renderer for what `correlate` was asked to show, for one trace or several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from tracegloss.errors import UsageError
from tracegloss.report.budget.report import budget_report
from tracegloss.report.json.report import json_line, json_report, json_text
from tracegloss.report.markdown import markdown_report
from tracegloss.report.options import ReportOptions
from tracegloss.report.outcome import exit_status
from tracegloss.report.summary import Sighting, json_summary, sightings
from tracegloss.report.text.find import find_view
from tracegloss.report.text.report import text_report
from tracegloss.report.text.segments import Line
from tracegloss.report.text.span_view import span_view
from tracegloss.report.text.why import why_view
from tracegloss.snapshot import TraceOnCode


@dataclass(frozen=True, slots=True)
class View:
    """Which view was asked for; raises `UsageError` when two of them contradict each other."""

    form: str
    span: str | None = None
    why: str | None = None
    find: str | None = None
    budget: int | None = None
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse views that cannot be had together."""
        asked = {
            "--span": self.span,
            "--why": self.why,
            "--find": self.find,
            "--budget": self.budget,
        }
        given = [name for name, value in asked.items() if value is not None]
        if len(given) > 1:
            raise UsageError(
                f"{given[0]} and {given[1]} are different views", remedy="Ask for one."
            )
        text_only = [name for name in given if name != "--span" or self.form == "markdown"]
        if self.form != "text" and text_only:
            raise UsageError(f"{text_only[0]} is a view in text", remedy="Leave --format out.")
        if self.fields and self.form != "json":
            raise UsageError("--fields selects members of JSON", remedy="Add --format json.")

    @property
    def is_lines(self) -> bool:
        """Tell whether the view is made of styled lines, and not a finished document."""
        return self.form == "text" and self.budget is None


def lines(on_code: TraceOnCode, options: ReportOptions, view: View) -> list[Line]:
    """Lay one trace out in the view that was asked for."""
    if view.span is not None:
        return span_view(on_code, view.span, options)
    if view.why is not None:
        return why_view(on_code, view.why, options)
    if view.find is not None:
        return find_view(on_code, view.find, options)
    return text_report(on_code, options)


def documents(
    laid: Iterable[TraceOnCode], options: ReportOptions, view: View
) -> Iterator[tuple[str, int]]:
    """Write each trace as a finished document, with the exit status its findings ask for.

    Several JSON reports are one line each with a summary last; traces are not kept.
    """
    if view.form == "json":
        yield from _json_documents(iter(laid), options, view)
        return
    for number, on_code in enumerate(laid):
        written = _document(on_code, options, view)
        yield f"\n{written}" if number else written, _status(on_code, options)


def _document(on_code: TraceOnCode, options: ReportOptions, view: View) -> str:
    if view.budget is not None:
        return budget_report(on_code, options, view.budget)
    return markdown_report(on_code, options)


def _json_documents(
    laid: Iterator[TraceOnCode], options: ReportOptions, view: View
) -> Iterator[tuple[str, int]]:
    first = next(laid, None)
    second = next(laid, None)
    if first is not None and second is None:
        members = json_report(first, options, span_id=view.span)
        yield json_text(members, view.fields), _status(first, options)
        return
    seen: list[tuple[Sighting, ...]] = []
    for on_code in chain(filter(None, (first, second)), laid):
        seen.append(sightings(on_code))
        members = json_report(on_code, options, span_id=view.span)
        yield json_line(members, view.fields), _status(on_code, options)
    yield json_line(json_summary(seen, options.fail_on)), 0


def _status(on_code: TraceOnCode, options: ReportOptions) -> int:
    return exit_status(on_code.examination.findings, options.fail_on)
