"""Chooses the renderer for what `correlate` was asked to show, for one trace or several."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TypeAlias

from msgspec import Struct

from tracegloss.errors import UsageError
from tracegloss.report.options import ReportOptions
from tracegloss.report.outcome import exit_status
from tracegloss.report.text.segments import Line
from tracegloss.trace_on_code import TraceOnCode

Written: TypeAlias = tuple[str, int]
"""A piece of output, and the exit status its findings ask for."""


class View(Struct, frozen=True):
    """Which view was asked for; raises `UsageError` when two of them contradict each other."""

    form: str
    span: str | None = None
    why: str | None = None
    find: str | None = None
    budget: int | None = None
    fields: str | None = None

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
            raise UsageError(f"{given[0]} and {given[1]} are different views", remedy="Ask for one")
        if given and self.form != "text" and (given[0] != "--span" or self.form != "json"):
            raise UsageError(f"{given[0]} is no view in {self.form}", remedy="Leave --format out")
        if self.find is not None and not self.find.strip():
            raise UsageError("There is nothing to find", where="--find", remedy="Give a text")
        if self.fields is not None and self.form != "json":
            raise UsageError("--fields selects members of JSON", remedy="Add --format json")
        if self.fields is not None and not self.members:
            raise UsageError("--fields names no member", remedy="Name some: verdict,findings")

    @property
    def is_lines(self) -> bool:
        """Tell whether the view is made of styled lines, and not a finished document."""
        return self.form == "text" and self.budget is None

    @property
    def members(self) -> tuple[str, ...]:
        """The members of JSON to keep; none means all."""
        named = (self.fields or "").split(",")
        return tuple(name.strip() for name in named if name.strip())


def check_options(view: View, options: ReportOptions, *, no_io: bool) -> None:
    """Refuse options that the view has no use for, instead of leaving them unheard."""
    if options.values == "full" and no_io:
        raise UsageError("--no-io and --io full exclude each other", remedy="Leave one out")
    if options.values == "full" and view.span is None:
        raise UsageError("Full inputs and outputs need a span", remedy="Add --span ID")
    if options.stamp is not None and view.form != "json":
        raise UsageError("--stamp is a member of JSON", remedy="Add --format json")
    if options.frames == "all" and not view.is_lines:
        raise UsageError("--frames all is for text", remedy="Leave it or --format out")


def lines(on_code: TraceOnCode, options: ReportOptions, view: View) -> list[Line]:
    """Lay one trace out in the view that was asked for."""
    if view.span is not None:
        from tracegloss.report.text.span_view import span_view

        return span_view(on_code, view.span, options)
    if view.why is not None:
        from tracegloss.report.text.why import why_view

        return why_view(on_code, view.why, options)
    if view.find is not None:
        from tracegloss.report.text.find import find_view

        return find_view(on_code, view.find, options)
    from tracegloss.report.text.report import text_report

    return text_report(on_code, options)


def documents(laid: Iterable[TraceOnCode], options: ReportOptions, view: View) -> Iterator[Written]:
    """Write each trace as a finished document, with the exit status its findings ask for.

    Several JSON reports are one line each with a summary last; SARIF is one log of them all.
    Traces are not kept.
    """
    if view.form == "json":
        yield from _json_documents(iter(laid), options, view)
    elif view.form == "sarif":
        yield from _sarif_log(laid, options)
    elif view.budget is not None:
        yield from _within_budget(laid, options, view.budget)
    else:
        write, gap = _writer(options, view.form)
        for number, on_code in enumerate(laid):
            written = write(on_code)
            yield f"{gap}{written}" if number else written, _status(on_code, options)


def _writer(options: ReportOptions, form: str) -> tuple[Callable[[TraceOnCode], str], str]:
    """Choose what writes one trace, and what stands between two."""
    if form == "github":
        from tracegloss.report.github import github_report

        return github_report, ""
    from tracegloss.report.markdown import markdown_report

    return lambda on_code: markdown_report(on_code, options), "\n"


def _within_budget(
    laid: Iterable[TraceOnCode], options: ReportOptions, tokens: int
) -> Iterator[Written]:
    """Share one budget among the traces; those that it cannot hold are examined and counted."""
    from tracegloss.report.budget.several import most_reports, reports_within

    most = most_reports(tokens)
    kept: list[TraceOnCode] = []
    n_traces = gravest = 0
    for on_code in laid:
        n_traces += 1
        gravest = max(gravest, _status(on_code, options))
        if len(kept) < most:
            kept.append(on_code)
    yield reports_within(kept, n_traces - len(kept), options, tokens), gravest


def _json_documents(
    laid: Iterator[TraceOnCode], options: ReportOptions, view: View
) -> Iterator[Written]:
    from tracegloss.report.json.report import json_line, json_report, json_text
    from tracegloss.report.summary import Sighting, json_summary, sightings

    first = next(laid, None)
    second = next(laid, None)
    if first is not None and second is None:
        members = json_report(first, options, span_id=view.span)
        yield json_text(members, view.members), _status(first, options)
        return
    seen: list[tuple[Sighting, ...]] = []
    for on_code in chain(filter(None, (first, second)), laid):
        seen.append(sightings(on_code))
        members = json_report(on_code, options, span_id=view.span)
        yield json_line(members, view.members), _status(on_code, options)
    yield json_line(json_summary(seen, options.fail_on)), 0


def _sarif_log(laid: Iterable[TraceOnCode], options: ReportOptions) -> Iterator[Written]:
    """Join the runs of all traces, because code scanning takes one document."""
    from tracegloss.report.sarif import sarif_report
    from tracegloss.wording.printable import json_safe

    logs = [(sarif_report(on_code), _status(on_code, options)) for on_code in laid]
    runs = [run for log, _ in logs for run in _runs(log["runs"])]
    document = {**logs[0][0], "runs": runs}
    written = json.dumps(document, ensure_ascii=False, indent=1)
    yield json_safe(f"{written}\n"), max(status for _, status in logs)


def _runs(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _status(on_code: TraceOnCode, options: ReportOptions) -> int:
    return exit_status(on_code.examination.findings, options.fail_on)
