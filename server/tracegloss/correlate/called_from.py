"""The call that entered a span, read off its parent's stack when an exception passed through."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from tracegloss.correlate.frames import PlacedExceptions, calling_frame
from tracegloss.model.resolution import Ambiguous, PlacedFrame, Resolution, Resolved, Unresolved
from tracegloss.model.site import Place
from tracegloss.tree import SpanTree


def with_frames(
    tree: SpanTree, resolutions: dict[str, Resolution], frames: Mapping[str, PlacedExceptions]
) -> None:
    """Let the frames of failed parents correct where their failed children were called from.

    A parent's stack shows the line of its own code that called the child whose exception it passed
    on; a call that alignment found on that very line is kept, being more precise.
    """
    for span_id, placed in frames.items():
        call = calling_frame(placed)
        child = _failed_child(tree, span_id)
        if call is None or child is None or call.place is None or not call.verified:
            continue
        resolution = resolutions[child]
        if isinstance(resolution, Unresolved) or _opens_in(resolution, call):
            continue
        if not _is_on(resolution.called_from, call.place):
            resolutions[child] = replace(resolution, called_from=call.place)


def _opens_in(resolution: Resolved | Ambiguous, call: PlacedFrame) -> bool:
    """Tell whether a child is a block of the very function the frame runs in: no call enters it."""
    sites = (
        [resolution.site]
        if isinstance(resolution, Resolved)
        else [candidate.site for candidate in resolution.candidates]
    )
    return any(site.kind != "decorated" and site.function == call.function for site in sites)


def _failed_child(tree: SpanTree, span_id: str) -> str | None:
    """Name the one child that recorded the exception last; several tell nothing."""
    failed = [child for child in tree.children.get(span_id, ()) if tree.spans[child].exceptions]
    return failed[-1] if failed else None


def _is_on(place: Place | None, line: Place) -> bool:
    return (
        place is not None
        and (place.path, place.cell) == (line.path, line.cell)
        and place.range.start.line == line.range.start.line
    )
