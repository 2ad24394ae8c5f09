"""`tracegloss hover`: what an editor says of a place in the code."""

from __future__ import annotations

import click

from tracegloss.cli import options as shared
from tracegloss.cli.answering import code_members, target_members, write_answer, write_document
from tracegloss.cli.margin import Margin, load, traces_option, with_opening
from tracegloss.cli.places import positions_at
from tracegloss.cli.readable import readable
from tracegloss.cli.reporting import ColourChoice, output_width
from tracegloss.ide.answers import CodePlace, Link
from tracegloss.ide.hover import Hover
from tracegloss.ide.hover import hover as hover_at
from tracegloss.overlay.document import TextKey
from tracegloss.report.text.segments import Line, plain
from tracegloss.wording.display import Display
from tracegloss.workspace.opening import Opening, open_workspace


@click.command("hover", context_settings=shared.HELP)
@click.argument("position", metavar="FILE:LINE[:COL]")
@shared.text_or_json
@traces_option
@with_opening
@shared.colour
def hover(
    position: str,
    form: str,
    traces: tuple[str, ...],
    opening: Opening,
    colour: ColourChoice,
) -> int:
    """Explain a place: what went wrong, what went in and out, how often, why this line.

    FILE:LINE:COL is the name of a function that made spans, a line that raised, or a call; lines
    and columns count from 1. Without a column it is the first such place of the line. JSON holds
    the Markdown that editors get.
    """
    key, places = positions_at(open_workspace(opening).root, position)
    margin = load(opening, traces)
    hovers = (hover_at(margin.snapshot, key, at) for at in places)
    found = next(filter(None, hovers), None)
    if form == "json":
        members = None if found is None else _members(margin, key, found)
        write_document(margin, "hover", {"hover": members})
    else:
        lines = [] if found is None else _lines(margin, found)
        write_answer(margin, lines, colour, absent=f"nothing at {position}")
    return 0


def _lines(margin: Margin, found: Hover) -> list[Line]:
    display = Display(margin.snapshot.settings.redaction)
    addresses = [
        plain(f"{link.label}  {display.ours(link.url)}") for link in found.links if link.url
    ]
    text = readable(found.markdown, output_width())
    return [*text, *([plain(""), *addresses] if addresses else [])]


def _members(margin: Margin, key: TextKey, found: Hover) -> dict[str, object]:
    return {
        "place": code_members(CodePlace(key, found.range)),
        "markdown": found.markdown,
        "links": [_link(margin, link) for link in found.links],
    }


def _link(margin: Margin, link: Link) -> dict[str, object]:
    display = Display(margin.snapshot.settings.redaction)
    return {
        "kind": link.kind,
        "label": link.label,
        "target": target_members(margin, link.target),
        "url": display.ours(link.url) or None,
    }
