"""`tracegloss locate`: the line that made a span, alone, for editors that open one."""

from __future__ import annotations

import click

from tracegloss.cli import options as shared
from tracegloss.cli.answering import code_members, target_members, write_answer, write_document
from tracegloss.cli.margin import Margin, load, with_opening
from tracegloss.cli.places import place_of, pointed
from tracegloss.cli.reporting import ColourChoice
from tracegloss.errors import TraceNotFoundError, UsageError
from tracegloss.ide.answers import SpanTarget
from tracegloss.ide.span_location import SpanLocation, span_location
from tracegloss.report.lookup import find_span
from tracegloss.wording.places import place_label
from tracegloss.workspace.opening import Opening

MOST_TIED = 5


@click.command("locate", context_settings=shared.HELP)
@click.argument("trace", metavar="TRACE")
@click.argument("span", metavar="SPAN")
@shared.text_or_json
@with_opening
@shared.colour
def locate(trace: str, span: str, form: str, opening: Opening, colour: ColourChoice) -> int:
    """Print `path:line` of the code that made a span: code -g "$(tracegloss locate ...)".

    TRACE is an id, a file, `-` or `last`, as for correlate; SPAN a span id or its first digits. A
    span that no single line is known for is a fault; JSON then lists the lines it may be.
    """
    margin = load(opening, (trace,))
    target = _target(margin, span)
    found = span_location(margin.snapshot, target.trace_id, target.span_id)
    if form == "json":
        named = target_members(margin, target)
        write_document(margin, "location", {"target": named, **_members(found)})
        return 0
    if found.place is None:
        raise _nowhere(found, span)
    write_answer(margin, [pointed(margin.root, found.place, column=False)], colour)
    return 0


def _target(margin: Margin, span: str) -> SpanTarget:
    """Find the only span that is meant, in whichever trace of a file it is."""
    found: list[SpanTarget] = []
    faults: list[UsageError] = []
    for each in margin.snapshot.traces:
        try:
            found.append(SpanTarget(each.trace.info.trace_id, find_span(each, span).span_id))
        except UsageError as error:
            faults.append(error)
    if not found:
        raise faults[0]
    if len(found) > 1:
        raise UsageError(
            f"{len(found)} traces have such a span", where=span[:40], remedy="Write more digits"
        )
    return found[0]


def _nowhere(found: SpanLocation, span: str) -> TraceNotFoundError:
    remedy = "Ask why: correlate TRACE --why SPAN"
    if found.candidates:
        labels = [place_label(place_of(place)) for place in found.candidates]
        tied = ", ".join(labels[:MOST_TIED]) + (", ..." if len(labels) > MOST_TIED else "")
        what = f"{len(found.candidates)} lines may have made this span"
        return TraceNotFoundError(what, where=tied, remedy=remedy)
    if found.is_gone:
        return TraceNotFoundError("The line of this span is gone", where=span[:40], remedy=remedy)
    said = next(iter(found.reasons), "unknown").rstrip(".")
    what = f"No line is known for this span: {said}"
    return TraceNotFoundError(what, where=span[:40], remedy=remedy)


def _members(found: SpanLocation) -> dict[str, object]:
    return {
        "outcome": found.outcome,
        "confidence": found.confidence or None,
        "place": code_members(found.place),
        "extent": code_members(found.extent),
        "qualified_name": found.qualified_name or None,
        "reasons": list(found.reasons),
        "alternatives": list(found.alternatives),
        "candidates": [code_members(place) for place in found.candidates],
        "called_from": code_members(found.called_from),
        "near": code_members(found.near),
        "is_gone": found.is_gone,
    }
