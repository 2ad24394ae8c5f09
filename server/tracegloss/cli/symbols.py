"""`tracegloss symbols`: spans of the loaded traces by name, each on the line that made it."""

from __future__ import annotations

import click

from tracegloss.cli import options as shared
from tracegloss.cli.answering import code_members, target_members, write_answer, write_document
from tracegloss.cli.margin import Margin, load, traces_option, with_opening
from tracegloss.cli.places import pointed
from tracegloss.cli.reporting import ColourChoice
from tracegloss.ide.lens_text import counted
from tracegloss.ide.workspace_symbols import SpanSymbol, workspace_symbols
from tracegloss.report.text.segments import Line, Segment
from tracegloss.workspace.opening import Opening


@click.command("symbols", context_settings=shared.HELP)
@click.argument("query", metavar="[QUERY]", default="")
@shared.text_or_json
@traces_option
@with_opening
@shared.colour
def symbols(
    query: str,
    form: str,
    traces: tuple[str, ...],
    opening: Opening,
    colour: ColourChoice,
) -> int:
    """Find spans by name, the nearest names first.

    QUERY holds letters of the name in their order; without it every name is listed.
    """
    margin = load(opening, traces)
    found = workspace_symbols(margin.snapshot, query)
    if form == "json":
        members = [_members(margin, each) for each in found]
        write_document(margin, "symbols", {"symbols": members})
    else:
        lines = [_line(margin, each) for each in found]
        named = f' named "{query}"' if query else ""
        write_answer(margin, lines, colour, absent=f"no span{named} on code")
    return 0


def _line(margin: Margin, found: SpanSymbol) -> Line:
    within = f"  {found.container}" if found.container not in {"", found.name} else ""
    said = f": {found.name}{within}  {counted(found.number, 'span')}"
    return (*pointed(margin.root, found.place), Segment(said))


def _members(margin: Margin, found: SpanSymbol) -> dict[str, object]:
    return {
        "place": code_members(found.place),
        "name": found.name,
        "container": found.container or None,
        "spans": found.number,
        "target": target_members(margin, found.target),
    }
