"""`tracegloss doctor`: what was found, where it came from, what is missing and how to mend it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from tracegloss.cli.reporting import ColourChoice, output_width, write_lines, write_text
from tracegloss.wording.columns import pad
from tracegloss.wording.printable import json_safe, one_line
from tracegloss.report.text.segments import Line, Segment, paragraph
from tracegloss.workspace.diagnosis import Observation, diagnose
from tracegloss.workspace.opening import Opening, open_workspace

_TOPIC = 27


@click.command("doctor")
@click.option("--root", type=click.Path(path_type=Path), help="The repository; else found.")
@click.option("--tracking-uri", metavar="URI", help="Where traces are stored; else found.")
@click.option("--experiment", metavar="NAME", help="Name or id of the experiment.")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=10.0, show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--color", "colour", type=click.Choice(["auto", "always", "never"]), default="auto")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the stored index.")
def doctor(
    root: Path | None,
    tracking_uri: str | None,
    experiment: str | None,
    timeout: float,
    form: str,
    colour: ColourChoice,
    no_cache: bool,
) -> None:
    """Tell what tracegloss stands on here, and how to mend what is missing."""
    opening = Opening(root, tracking_uri, experiment, timeout, not no_cache)
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
