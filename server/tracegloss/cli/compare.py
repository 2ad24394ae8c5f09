"""`correlate compare A B`: what differs between two traces, and which changed code may be why."""

from __future__ import annotations

import time
from pathlib import Path

import click

from tracegloss.cli import options as shared
from tracegloss.cli.progress import telling
from tracegloss.cli.reporting import ColourChoice, output_width, write_lines, write_text
from tracegloss.cli.told import tell
from tracegloss.errors import UsageError
from tracegloss.model.settings import RedactionLevel
from tracegloss.report.options import ReportOptions
from tracegloss.workspace.comparing import compare_traces
from tracegloss.workspace.opening import Opening, open_workspace


@click.command("compare", context_settings=shared.HELP)
@click.argument("traces", metavar="[A] B", nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="For people, programs or pull requests.",
)
@click.option("--all", "everything", is_flag=True, help="Every span, suspect and difference.")
@click.option("--no-io", is_flag=True, help="Leave inputs and outputs out.")
@shared.root
@shared.tracking_uri
@shared.experiment
@shared.timeout
@shared.redact
@shared.colour
@shared.no_cache
def compare(
    traces: tuple[str, ...],
    form: str,
    everything: bool,
    no_io: bool,
    root: Path | None,
    tracking_uri: str | None,
    experiment: str | None,
    timeout: float,
    redact: RedactionLevel | None,
    colour: ColourChoice,
    no_cache: bool,
) -> int:
    """Compare two traces: what differs, and which functions on their path changed in git.

    A is the earlier or good one, B the other. Each is a trace id, a file with one trace, an address
    copied from the MLflow UI, or `last`. With B alone, A is the newest older trace of its name that
    is OK and not judged wrong.

    Exits with 0 after a report, with 2 when there is none.
    """
    if len(traces) > 2:
        raise UsageError(
            f"Two traces are compared, not {len(traces)}",
            where=" ".join(traces)[:80],
            remedy="Name the earlier one first",
        )
    options = ReportOptions(
        width=output_width(), everything=everything, values="none" if no_io else "cut"
    )
    opened = open_workspace(Opening(root, tracking_uri, experiment, timeout, not no_cache, redact))
    before = traces[0] if len(traces) == 2 else None
    with telling("Reading the code and the traces ..."):
        comparison = compare_traces(opened, before, traces[-1], time.time_ns())
    if form == "json":
        from tracegloss.report.comparison.json import comparison_json

        write_text(comparison_json(comparison, options))
    elif form == "markdown":
        from tracegloss.report.comparison.markdown import comparison_markdown

        write_text(comparison_markdown(comparison, options))
    else:
        from tracegloss.report.comparison.text import comparison_text

        write_lines(comparison_text(comparison, options), colour, opened.root)
    tell(opened.told_problems())
    return 0
