"""`correlate TRACE`: the report of a trace laid on the code of this repository."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from tracegloss.cli.emptiness import no_last_trace
from tracegloss.cli.reporting import ColourChoice, output_width, write_lines, write_text
from tracegloss.cli.views import View, documents, lines
from tracegloss.errors import TraceError
from tracegloss.model.settings import RedactionLevel
from tracegloss.report.options import ReportOptions, Threshold
from tracegloss.report.outcome import exit_status
from tracegloss.wording.printable import one_line
from tracegloss.report.text.empty import empty_state
from tracegloss.report.text.segments import EMPTY
from tracegloss.snapshot import TraceOnCode
from tracegloss.workspace.opening import Opening, open_workspace

FORMATS = ("text", "json", "markdown")
EXIT_WITHOUT_REPORT = 2


@click.command("correlate", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("trace", metavar="TRACE")
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    help="The repository; else the one around this folder.",
)
@click.option(
    "--tracking-uri", metavar="URI", help="Where traces are stored; else found by itself."
)
@click.option(
    "--experiment", metavar="NAME", help="Name or id of the experiment that `last` looks in."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "--budget",
    type=int,
    metavar="N",
    help="A report in at most N tokens, counted as UTF-8 bytes / 3; N is at least 200.",
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
    help="Stack frames of yours, or of libraries too.",
)
@click.option("--no-io", is_flag=True, help="Leave inputs and outputs out.")
@click.option(
    "--io", "full", type=click.Choice(["cut", "full"]), default="cut", help="`full` needs --span."
)
@click.option("--fields", metavar="A,B", help="Top-level members of the JSON report to keep.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "information", "never"]),
    default="never",
    show_default=True,
    help="Exit with 1 when a finding is this grave.",
)
@click.option(
    "--color",
    "colour",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
)
@click.option(
    "--redact",
    type=click.Choice(["secrets", "personal", "off"]),
    help="What recorded text hides; secrets by default.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a server may take in all.",
)
@click.option("--stamp", is_flag=True, help="Write the time into a JSON report.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the stored index.")
def correlate(
    trace: str,
    root: Path | None,
    tracking_uri: str | None,
    experiment: str | None,
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
    colour: ColourChoice,
    redact: RedactionLevel | None,
    timeout: float,
    stamp: bool,
    no_cache: bool,
) -> int:
    """Lay a trace on the code that made it.

    TRACE is a trace id, a file with traces, `-` for standard input, an address copied from the
    MLflow UI, or `last` for the newest trace of this repository.

    Exits with 0 after a report, with 1 only when --fail-on says so, with 2 when there is none.
    """
    view = View(form, span, why, find, budget, _members(fields))
    options = ReportOptions(
        width=output_width(),
        everything=everything,
        frames="all" if frames == "all" else "own",
        values="none" if no_io else "full" if full == "full" else "cut",
        command=_again(trace, root, tracking_uri, experiment),
        fail_on=fail_on,
        stamp=_now() if stamp else None,
    )
    workspace = open_workspace(
        Opening(root, tracking_uri, experiment, timeout, not no_cache, redact)
    )
    laid = workspace.lay_all(trace, now_ns=time.time_ns())
    try:
        status = _show(laid, options, view, colour, workspace.root)
    except TraceError as error:
        if trace != "last" or view.form != "text":
            raise
        write_lines(empty_state(no_last_trace(workspace, error), options.width), colour, None)
        return EXIT_WITHOUT_REPORT
    for problem in workspace.told_problems():
        click.echo(f"tracegloss: {one_line(problem)}", err=True)
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


def _members(fields: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in fields.split(",") if name.strip()) if fields else ()


def _again(trace: str, root: Path | None, uri: str | None, experiment: str | None) -> str | None:
    """Write the command that makes this report again; an id alone needs nothing said."""
    if trace in {"last", "-"}:
        return None
    given = (("--root", root and str(root)), ("--tracking-uri", uri), ("--experiment", experiment))
    options = [word for name, value in given if value for word in (name, value)]
    return shlex.join(["correlate", trace, *options])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
