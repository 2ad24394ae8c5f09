"""`tracegloss doctor`: what was found, where it came from, what is missing and how to mend it."""

from __future__ import annotations

import json
from pathlib import Path

import click
from msgspec.structs import asdict

from tracegloss.cli import options as shared
from tracegloss.cli.progress import telling
from tracegloss.cli.reporting import ColourChoice, output_width, write_lines, write_text
from tracegloss.report.text.segments import Line, Segment, paragraph
from tracegloss.wording.columns import pad
from tracegloss.wording.printable import json_safe, one_line
from tracegloss.workspace.diagnosis import Observation, diagnose
from tracegloss.workspace.opening import Opening, open_workspace

_TOPIC = 27


@click.command("doctor", context_settings=shared.HELP)
@shared.text_or_json
@shared.root
@shared.tracking_uri
@shared.experiment
@shared.timeout
@shared.colour
@shared.no_cache
def doctor(
    root: Path | None,
    tracking_uri: str | None,
    experiment: str | None,
    timeout: float,
    form: str,
    colour: ColourChoice,
    no_cache: bool,
) -> None:
    """Tell what was found here, where it came from, what is missing, and how to mend it.

    Exits with 0, also when something is missing.
    """
    opening = Opening(root, tracking_uri, experiment, timeout, not no_cache)
    with telling("Looking around ..."):
        observations = list(diagnose(open_workspace(opening)))
    if form == "json":
        rows = [asdict(each) for each in observations]
        document = {"schema": "tracegloss.doctor/1", "observations": rows}
        write_text(json_safe(f"{json.dumps(document, ensure_ascii=False, indent=1)}\n"))
        return
    width = output_width()
    write_lines([line for each in observations for line in _lines(each, width)], colour, None)


def _lines(observation: Observation, width: int) -> list[Line]:
    mark = Segment("✗ ", "error") if observation.is_fault else Segment("  ")
    topic = Segment(pad(observation.topic, _TOPIC - 2))
    said = paragraph(one_line(observation.text), width, _TOPIC, first=(mark, topic))
    if not observation.remedy:
        return said
    return [*said, *paragraph(one_line(observation.remedy), width, _TOPIC)]
