"""Reads a trace and the code, lays the one on the other, and prints the report."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tracegloss.cli.asked import Asked
from tracegloss.cli.progress import telling
from tracegloss.cli.reporting import ColourChoice, output_width, write_lines, write_text
from tracegloss.cli.told import tell
from tracegloss.cli.views import View, check_options, documents, lines
from tracegloss.errors import TraceError, UsageError
from tracegloss.index.files.asked import AskedFiles
from tracegloss.report.options import ReportOptions
from tracegloss.report.outcome import exit_status
from tracegloss.report.text.segments import EMPTY
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.traces.tracking_uri import safe_uri
from tracegloss.workspace.at import At, AtRevision, Now
from tracegloss.workspace.opening import Opening, open_workspace

EXIT_WITHOUT_REPORT = 2


def report(asked: Asked, files: AskedFiles) -> int:
    """Answer what was asked and give the exit status; `files` are the root's, asked for already."""
    view = View(asked.form, asked.span, asked.why, asked.find, asked.budget, asked.fields)
    options = _options(asked)
    check_options(view, options, no_io=asked.no_io)
    workspace = open_workspace(_opening(asked, files))
    try:
        with telling("Reading the code and the trace ..."):
            laid = workspace.lay_all(asked.trace, time.time_ns(), neighbours=True)
        status = _show(laid, options, view, asked.colour, workspace.root)
    except TraceError as error:
        if asked.trace != "last" or view.form != "text":
            raise
        from tracegloss.cli.emptiness import no_last_trace
        from tracegloss.report.text.empty import empty_state

        said = empty_state(no_last_trace(workspace, error), options.width)
        write_lines(said, asked.colour, None)
        return EXIT_WITHOUT_REPORT
    tell(workspace.told_problems())
    workspace.close()
    return status


def _options(asked: Asked) -> ReportOptions:
    return ReportOptions(
        width=output_width(),
        everything=asked.everything,
        frames=asked.frames,
        values="full" if asked.io == "full" else "none" if asked.no_io else "cut",
        command=_again(asked),
        fail_on=asked.fail_on,
        stamp=_now() if asked.stamp else None,
    )


def _opening(asked: Asked, files: AskedFiles) -> Opening:
    return Opening(
        root=asked.root,
        tracking_uri=asked.tracking_uri,
        experiment=asked.experiment,
        timeout=asked.timeout,
        cache=not asked.no_cache,
        redaction=asked.redact,
        at=chosen_at(asked.at, now=asked.now),
        asked=files,
    )


def _show(
    laid: Iterator[TraceOnCode],
    options: ReportOptions,
    view: View,
    colour: ColourChoice,
    root: Path,
) -> int:
    """Write each trace as it comes and return the gravest exit status."""
    statuses = [0]
    if view.is_lines:
        for number, on_code in enumerate(laid):
            write_lines([EMPTY] * min(number, 1) + lines(on_code, options, view), colour, root)
            statuses.append(exit_status(on_code.examination.findings, options.fail_on))
    else:
        for written, status in documents(laid, options, view):
            write_text(written)
            statuses.append(status)
    return max(statuses)


def chosen_at(revision: str | None, *, now: bool) -> At | None:
    """Say which commit a reader named; raises `UsageError` when it is two things at once."""
    if revision is not None and now:
        raise UsageError("--at and --now exclude each other", remedy="Give one of them")
    if revision is not None:
        return AtRevision(revision)
    return Now() if now else None


def _again(asked: Asked) -> str | None:
    """Write the command that makes this report again, without a password; an id needs no more."""
    if asked.trace in {"last", "-"}:
        return None
    uri = asked.tracking_uri
    given = (
        ("--root", asked.root and str(asked.root)),
        ("--tracking-uri", safe_uri(uri) if uri is not None and "@" in uri else uri),
        ("--experiment", asked.experiment),
        ("--at", asked.at),
    )
    options = [word for name, value in given if value for word in (name, value)]
    return shlex.join(["correlate", asked.trace, *options, *(["--now"] if asked.now else [])])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
