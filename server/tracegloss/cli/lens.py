"""`tracegloss lens`: the few words an editor puts beside the sites of a file."""

from __future__ import annotations

import click

from tracegloss.cli import options as shared
from tracegloss.cli.answering import code_members, target_members, write_answer, write_document
from tracegloss.cli.margin import Margin, load, traces_option, with_opening
from tracegloss.cli.places import file_at, pointed
from tracegloss.cli.reporting import ColourChoice
from tracegloss.ide.answers import CodePlace
from tracegloss.ide.code_lens import CodeLens, code_lenses
from tracegloss.overlay.document import TextKey
from tracegloss.report.text.segments import Line, Segment
from tracegloss.workspace.opening import Opening, open_workspace


@click.command("lens", context_settings=shared.HELP)
@click.argument("file", metavar="FILE")
@shared.text_or_json
@traces_option
@with_opening
@shared.colour
def lens(
    file: str,
    form: str,
    traces: tuple[str, ...],
    opening: Opening,
    colour: ColourChoice,
) -> int:
    """Say what ran in a file: calls, their time, errors and tokens, on the lines of their sites.

    FILE is a Python file or a notebook; `study.ipynb#3` is one cell, counted from 0.
    """
    wanted = file_at(open_workspace(opening).root, file)
    margin = load(opening, traces, mode="lens")
    found = [(key, each) for key in _texts(margin, wanted) for each in _lenses(margin, key)]
    if form == "json":
        members = [_members(margin, key, each) for key, each in found]
        write_document(margin, "lens", {"lenses": members})
    else:
        lines = [_line(margin, key, each) for key, each in found]
        write_answer(margin, lines, colour, absent=f"nothing ran in {file}")
    return 0


def _texts(margin: Margin, wanted: TextKey) -> list[TextKey]:
    """Name the texts that are meant: a file, one cell, or every cell of a notebook."""
    files = margin.snapshot.overlay.files
    return sorted(key for key in files if key.path == wanted.path and wanted.cell in {-1, key.cell})


def _lenses(margin: Margin, key: TextKey) -> tuple[CodeLens, ...]:
    found = code_lenses(margin.snapshot, key)
    return tuple(sorted(found, key=lambda each: each.range))


def _line(margin: Margin, key: TextKey, found: CodeLens) -> Line:
    at = CodePlace(key, found.range)
    said = f": {_token(margin, at)}  {found.text}"
    return (*pointed(margin.root, at), Segment(said))


def _token(margin: Margin, at: CodePlace) -> str:
    text = margin.snapshot.text(at.key)
    row = text.line_text(at.range.start.line) if text is not None else ""
    return row[at.range.start.column : at.range.end.column]


def _members(margin: Margin, key: TextKey, found: CodeLens) -> dict[str, object]:
    at = CodePlace(key, found.range)
    return {
        "place": code_members(at),
        "token": _token(margin, at),
        "text": found.text,
        "target": target_members(margin, found.target),
    }
