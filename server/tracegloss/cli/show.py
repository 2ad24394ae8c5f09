"""`tracegloss show TRACE SPAN`: the code of a span as it ran, or what changed since."""

from __future__ import annotations

from typing import Literal

import click
from msgspec.structs import replace

from tracegloss.cli import options as shared
from tracegloss.cli.margin import with_opening
from tracegloss.cli.progress import telling
from tracegloss.cli.reporting import ColourChoice, write_lines, write_text
from tracegloss.compare.span_code import Part
from tracegloss.errors import TraceNotFoundError, UsageError
from tracegloss.report.lookup import find_span
from tracegloss.report.span_code import (
    as_ran_lines,
    code_json,
    diff_lines,
    raw_diff,
    raw_text,
)
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.workspace.at import AtRevision
from tracegloss.workspace.opening import OpenedWorkspace, Opening, open_workspace
from tracegloss.workspace.span_code import code_of_span


@click.command("show", context_settings=shared.HELP)
@click.argument("trace", metavar="TRACE")
@click.argument("span", metavar="SPAN")
@click.option(
    "--as-ran", "view", flag_value="as-ran", default=True, help="Its text when it ran; the default."
)
@click.option("--diff", "view", flag_value="diff", help="What changed since, as a unified diff.")
@click.option("--file", "whole", is_flag=True, help="The whole file instead of the function.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "raw", "json"]),
    default="text",
    show_default=True,
    help="For people, to keep in a file, or for programs.",
)
@shared.at
@with_opening
@shared.colour
def show(
    trace: str,
    span: str,
    view: Literal["as-ran", "diff"],
    whole: bool,
    form: str,
    at: str | None,
    opening: Opening,
    colour: ColourChoice,
) -> int:
    """Show the function that made a span as it ran, or what changed in it since.

    TRACE is an id, a file, `-` or `last`, as for correlate; SPAN a span id or its first digits. The
    text comes from the commit that the trace ran at; working files are only read.
    """
    opened = open_workspace(opening if at is None else replace(opening, at=AtRevision(at)))
    with telling("Reading the code and the trace ..."):
        on_code, span_id = _meant(opened, trace, span)
        code = code_of_span(opened, on_code, span_id)
    display = Display(opened.settings.redaction)
    part: Part = "file" if whole else "function"
    if form == "json":
        trace_id = on_code.trace.info.trace_id
        write_text(code_json(code, part, display, trace_id=trace_id, span_id=span_id))
    elif form == "raw":
        write_text((raw_diff if view == "diff" else raw_text)(code, part, display))
    else:
        lines = diff_lines if view == "diff" else as_ran_lines
        write_lines(lines(code, part, display), colour, opened.root)
    return 0


def _meant(opened: OpenedWorkspace, trace: str, span: str) -> tuple[TraceOnCode, str]:
    """Find the only span that is meant, in whichever trace of a file it is."""
    faults: list[UsageError] = []
    found: list[tuple[TraceOnCode, str]] = []
    for on_code in opened.lay_all(trace):
        try:
            found.append((on_code, find_span(on_code, span).span_id))
        except UsageError as error:
            faults.append(error)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{len(found)} traces have such a span", remedy="Write more digits")
    raise faults[0] if faults else TraceNotFoundError("There is no trace", where=trace[:80])
