"""What stack traces tell of code when no commit does: a line they quote that its function lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracegloss.history.code import Code
from tracegloss.model.freshness import SinceTrace
from tracegloss.model.resolution import Correlation, Freshness, PlacedFrame, Resolved
from tracegloss.model.site import FunctionId
from tracegloss.reveal import reveal

_EDITED = SinceTrace(Freshness.EDITED, basis="stack-text")


def edited_by_stacks(correlation: Correlation, now: Code) -> dict[str, SinceTrace]:
    """Say of spans that their function was edited: a frame of it quotes what it does not hold.

    That every quoted line is there tells nothing, so that no other word comes of it. Layout, quotes
    and commas that a formatter puts are left aside.
    """
    return {
        span_id: _EDITED
        for span_id, found in correlation.resolutions.items()
        if isinstance(found, Resolved) and found.site.function is not None
        if any(_is_lost(frame, now) for frame in _frames(correlation, span_id, found.site.function))
    }


def _frames(correlation: Correlation, span_id: str, function: FunctionId) -> Iterator[PlacedFrame]:
    for blocks in correlation.frames.get(span_id, ()):
        for frames in blocks:
            yield from (frame for frame in frames if frame.function == function)


def _is_lost(frame: PlacedFrame, now: Code) -> bool:
    quoted = _bare("" if frame.frame.text is None else reveal(frame.frame.text))
    entry = None if frame.function is None else now.function(frame.function)
    return bool(quoted) and entry is not None and quoted not in _bare("\n".join(now.source(entry)))


def _bare(text: str) -> str:
    return re.sub(r",([)\]}])", r"\1", re.sub(r"\s+", "", text).replace("'", '"'))
