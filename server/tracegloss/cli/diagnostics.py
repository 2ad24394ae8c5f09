"""`tracegloss diagnostics`: the findings an editor would show, a line each."""

from __future__ import annotations

import click

from tracegloss.cli import options as shared
from tracegloss.cli.answering import code_members, target_members, write_answer, write_document
from tracegloss.cli.margin import Margin, load, with_opening
from tracegloss.cli.places import pointed
from tracegloss.cli.reporting import ColourChoice
from tracegloss.ide.answers import CodePlace
from tracegloss.ide.diagnostics import Diagnostic
from tracegloss.ide.diagnostics import diagnostics as diagnostics_of
from tracegloss.model.finding import Severity
from tracegloss.overlay.document import TextKey
from tracegloss.report.options import Threshold
from tracegloss.report.outcome import status_of
from tracegloss.report.text.segments import Line, Segment, Style, plain
from tracegloss.workspace.opening import Opening

_STYLES: dict[Severity, Style] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "information",
    Severity.HINT: "dim",
}


@click.command("diagnostics", context_settings=shared.HELP)
@click.argument("traces", metavar="[TRACE]...", nargs=-1)
@shared.text_or_json
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "information", "never"]),
    default="never",
    show_default=True,
    help="Exit with 1 when a finding is this grave.",
)
@with_opening
@shared.colour
def diagnostics(
    traces: tuple[str, ...],
    form: str,
    fail_on: Threshold,
    opening: Opening,
    colour: ColourChoice,
) -> int:
    """List the findings an editor would show now, on the lines they stand on.

    TRACE is an id, a file, `-` or `last`, as for correlate; without one, the traces an editor loads
    by itself are taken. Each line is `path:line:col: severity code message`.
    """
    margin = load(opening, traces)
    found = sorted(_found(margin), key=lambda each: (each[0], each[1].range))
    beyond = margin.snapshot.overlay.n_beyond
    if form == "json":
        members = [_members(margin, key, each) for key, each in found]
        write_document(margin, "diagnostics", {"diagnostics": members, "beyond": beyond})
    else:
        lines = [_line(margin, key, each) for key, each in found]
        lines += [plain(f"{beyond:,} more than an editor shows at once")] if beyond else []
        write_answer(margin, lines, colour, absent="no finding")
    return status_of((each.severity for _, each in found), fail_on)


def _found(margin: Margin) -> list[tuple[TextKey, Diagnostic]]:
    snapshot = margin.snapshot
    return [(key, each) for key in snapshot.overlay.files for each in diagnostics_of(snapshot, key)]


def _line(margin: Margin, key: TextKey, found: Diagnostic) -> Line:
    severity = Segment(found.severity.name.lower(), _STYLES[found.severity])
    said = Segment(f" {found.code} {found.message}")
    return (*pointed(margin.root, CodePlace(key, found.range)), Segment(": "), severity, said)


def _members(margin: Margin, key: TextKey, found: Diagnostic) -> dict[str, object]:
    related = [{"place": code_members(r.place), "message": r.message} for r in found.related]
    return {
        "place": code_members(CodePlace(key, found.range)),
        "severity": found.severity.name.lower(),
        "code": found.code,
        "message": found.message,
        "related": related,
        "page": found.page,
        "fingerprint": found.fingerprint,
        "target": target_members(margin, found.target),
    }
