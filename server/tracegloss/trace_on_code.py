"""One trace laid on code: its spans resolved and examined, the texts its places lie in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from tracegloss.model.finding import Examination
from tracegloss.model.freshness import LineKey, SinceTrace, line_key
from tracegloss.model.repository import CommitStanding, RepositoryState
from tracegloss.model.resolution import Correlation, Resolution
from tracegloss.model.settings import Settings
from tracegloss.model.site import FunctionId, Place
from tracegloss.model.trace import SourceDescription, Trace
from tracegloss.text import LineIndex
from tracegloss.tree import SpanTree

__all__ = ["SinceTrace", "TraceOnCode"]


class TraceOnCode(Struct, frozen=True):
    """One trace with its spans resolved and examined.

    `self_ns` and `critical` are the tree's self times and critical path. `texts` holds the lines of
    every file that a place of this trace lies in (for a notebook, of each cell under `path#cell`).
    `text_hashes` are those of the functions its sites belong to, on those texts. `since` tells by
    span what history knows of its function; a span it lacks was resolved on the text as it is.
    `since_lines` tells it of the functions around other places, as far as they were edited or are
    gone. Of a skeleton, the spans have no inputs, outputs, attributes and events here.
    """

    trace: Trace
    tree: SpanTree
    self_ns: Mapping[str, int | None]
    critical: frozenset[str]
    source: SourceDescription
    standing: CommitStanding
    repositories: tuple[RepositoryState, ...]
    correlation: Correlation
    examination: Examination
    texts: Mapping[str, LineIndex]
    settings: Settings = field(default_factory=Settings)
    text_hashes: Mapping[FunctionId, str] = field(default_factory=dict)
    since: Mapping[str, SinceTrace] = field(default_factory=dict)
    since_lines: Mapping[LineKey, SinceTrace] = field(default_factory=dict)
    is_skeleton: bool = False

    def resolution(self, span_id: str) -> Resolution | None:
        """Return what is known of a span's line; `None` when the trace has no such span."""
        return self.correlation.resolutions.get(span_id)

    def since_at(self, span_ids: Sequence[str], place: Place | None) -> SinceTrace | None:
        """Tell what became of the code that a place of some spans is in.

        The function around the place comes first: a raise line may be in a helper that no span is
        of, and that was edited although the span's own function was not.
        """
        if place is not None and (found := self.since_lines.get(line_key(place))) is not None:
            return found
        return self.since.get(span_ids[0]) if span_ids else None

    def reads_otherwise(self, place: Place) -> bool:
        """Tell whether a stack frame quotes another text of a place's line than is there now."""
        return any(
            frame.reads_otherwise and frame.place is not None and _is_same_line(frame.place, place)
            for exceptions in self.correlation.frames.values()
            for blocks in exceptions
            for frames in blocks
            for frame in frames
        )


def _is_same_line(one: Place, other: Place) -> bool:
    is_same_text = (one.path, one.cell) == (other.path, other.cell)
    return is_same_text and one.range.start.line == other.range.start.line
