"""`correlate TRACE`: the report of a trace laid on the code of this repository."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from tracegloss.cli import options as shared
from tracegloss.cli.progress import telling
from tracegloss.cli.reporting import ColourChoice, output_width, write_lines, write_text
from tracegloss.cli.told import tell
from tracegloss.cli.views import FORMATS, View, check_options, documents, lines
from tracegloss.errors import TraceError, UsageError
from tracegloss.model.settings import RedactionLevel
from tracegloss.report.options import ReportOptions, Threshold
from tracegloss.report.outcome import exit_status
from tracegloss.report.text.segments import EMPTY
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.traces.tracking_uri import safe_uri
from tracegloss.workspace.at import At, AtRevision, Now
from tracegloss.workspace.opening import Opening, open_workspace

EXIT_WITHOUT_REPORT = 2


@click.command("correlate", context_settings=shared.HELP)
@click.argument("trace", metavar="TRACE")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="For people, programs, pull requests or code scanning.",
)
@click.option(
    "--budget",
    type=int,
    metavar="N",
    help="For a coding agent: at most N tokens, counted as UTF-8 bytes / 3. A hard bound; "
    "N is at least 200.",
)
@click.option("--span", metavar="ID", help="One span with its full input and output.")
@click.option("--why", metavar="ID", help="Why a span was laid on its line, and on no other.")
@click.option(
    "--find", metavar="TEXT", help="The spans that hold a text, in order of time, on code."
)
@click.option(
    "--all", "everything", is_flag=True, help="Every span on a row of its own, library spans too."
)
@click.option(
    "--frames",
    type=click.Choice(["own", "all"]),
    default="own",
    show_default=True,
    help="Stack frames of yours, or of libraries too.",
)
@click.option("--no-io", is_flag=True, help="Leave inputs and outputs out.")
@click.option(
    "--io",
    "full",
    type=click.Choice(["cut", "full"]),
    default="cut",
    show_default=True,
    help="Inputs and outputs; `full` needs --span.",
)
@click.option(
    "--fields", metavar="A,B", help="Members of the JSON report to keep: verdict,findings."
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "information", "never"]),
    default="never",
    show_default=True,
    help="Exit with 1 when a finding is this grave.",
)
@click.option("--stamp", is_flag=True, help="Write the time into a JSON report.")
@shared.at
@shared.now
@shared.root
@shared.tracking_uri
@shared.experiment
@shared.timeout
@shared.redact
@shared.colour
@shared.no_cache
def correlate(
    trace: str,
    form: str,
    budget: int | None,
    span: str | None,
    why: str | None,
    find: str | None,
    everything: bool,
    frames: str,
    no_io: bool,
    full: str,
    fields: str | None,
    fail_on: Threshold,
    stamp: bool,
    at: str | None,
    now: bool,
    root: Path | None,
    tracking_uri: str | None,
    experiment: str | None,
    timeout: float,
    redact: RedactionLevel | None,
    colour: ColourChoice,
    no_cache: bool,
) -> int:
    """Lay a trace on the code that made it.

    TRACE is a trace id, a file with traces, `-` for standard input, an address copied from the
    MLflow UI, or `last` for the newest trace of this repository.

    Exits with 0 after a report, with 1 only when --fail-on says so, with 2 when there is none.
    """
    view = View(form, span, why, find, budget, fields)
    options = ReportOptions(
        width=output_width(),
        everything=everything,
        frames="all" if frames == "all" else "own",
        values="full" if full == "full" else "none" if no_io else "cut",
        command=_again(trace, root, tracking_uri, experiment, at, now=now),
        fail_on=fail_on,
        stamp=_now() if stamp else None,
    )
    check_options(view, options, no_io=no_io)
    workspace = open_workspace(
        Opening(
            root, tracking_uri, experiment, timeout, not no_cache, redact, chosen_at(at, now=now)
        )
    )
    try:
        with telling("Reading the code and the trace ..."):
            laid = workspace.lay_all(trace, now_ns=time.time_ns())
        status = _show(laid, options, view, colour, workspace.root)
    except TraceError as error:
        if trace != "last" or view.form != "text":
            raise
        from tracegloss.cli.emptiness import no_last_trace
        from tracegloss.report.text.empty import empty_state

        write_lines(empty_state(no_last_trace(workspace, error), options.width), colour, None)
        return EXIT_WITHOUT_REPORT
    tell(workspace.told_problems())
    return status


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


def _again(
    trace: str,
    root: Path | None,
    uri: str | None,
    experiment: str | None,
    at: str | None,
    *,
    now: bool,
) -> str | None:
    """Write the command that makes this report again, without a password; an id needs no more."""
    if trace in {"last", "-"}:
        return None
    shown = safe_uri(uri) if uri is not None and "@" in uri else uri
    given = (
        ("--root", root and str(root)),
        ("--tracking-uri", shown),
        ("--experiment", experiment),
        ("--at", at),
    )
    options = [word for name, value in given if value for word in (name, value)]
    return shlex.join(["correlate", trace, *options, *(["--now"] if now else [])])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
