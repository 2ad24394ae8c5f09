"""Writes the answers of the editor's twins: styled lines, or one JSON document."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tracegloss.cli.margin import Margin
from tracegloss.cli.places import place_of
from tracegloss.cli.reporting import ColourChoice, write_lines, write_text
from tracegloss.cli.told import tell
from tracegloss.ide.answers import CodePlace, SpanTarget
from tracegloss.report.json.members import place_members
from tracegloss.report.text.segments import Line, plain
from tracegloss.wording.display import Display
from tracegloss.wording.printable import json_safe


def write_answer(
    margin: Margin, lines: Sequence[Line], colour: ColourChoice, absent: str = ""
) -> None:
    """Write lines; without any, say what is absent and in how many traces."""
    said = lines or ([_absence(margin, absent)] if absent else ())
    write_lines(said, colour, margin.root)
    tell(margin.problems)


def write_document(margin: Margin, name: str, members: dict[str, object]) -> None:
    """Write a document `tracegloss.NAME/1`, with the traces it was made from."""
    display = Display(margin.snapshot.settings.redaction)
    document = {
        "schema": f"tracegloss.{name}/1",
        "traces": [display.ours(each.trace.info.trace_id) for each in margin.snapshot.traces],
        "traces_of_other_code": margin.n_of_other_code,
        **members,
    }
    written = json.dumps(document, ensure_ascii=False, indent=1)
    write_text(json_safe(f"{written}\n"))
    tell(margin.problems)


def code_members(place: CodePlace | None) -> object:
    """Write a place as reports do, relative to the root."""
    return None if place is None else place_members(place_of(place))


def target_members(margin: Margin, target: SpanTarget) -> dict[str, object]:
    """Name a span; a whole trace has no span id."""
    display = Display(margin.snapshot.settings.redaction)
    return {
        "trace_id": display.ours(target.trace_id),
        "span_id": display.ours(target.span_id) or None,
    }


def _absence(margin: Margin, absent: str) -> Line:
    return plain(f"{absent} ({margin.base})")
