"""The stack of an exception: own frames counted or printed, those of libraries on request."""

from __future__ import annotations

from tracegloss.model.finding import RaisedException
from tracegloss.model.resolution import PlacedFrame
from tracegloss.report.counting import count
from tracegloss.report.options import ReportOptions
from tracegloss.report.text.segments import Line, Segment, path
from tracegloss.wording.display import Display

_MOST_OWN = 10


def frames_of(display: Display, exception: RaisedException, options: ReportOptions) -> list[Line]:
    """Write the own frames when there is more than one, and say how many others there are.

    `--frames all` prints every frame, outermost call first.
    """
    own = [placed for placed in exception.frames if placed.own]
    if options.frames == "all":
        return _listed(display, exception.frames, f"stack {count(len(exception.frames), 'frame')}")
    n_others = len(exception.frames) - len(own)
    hidden = f"; {count(n_others, 'other')} hidden (--frames all)" if n_others else ""
    if len(own) < 2:
        summary = f"    stack {count(len(own), 'frame')} of yours{hidden}"
        return [(Segment(summary, "dim"),)] if own or n_others else []
    headline = f"stack {count(len(own), 'frame')} of yours{hidden}"
    return _listed(display, tuple(own[-_MOST_OWN:]), headline)


def _listed(display: Display, frames: tuple[PlacedFrame, ...], headline: str) -> list[Line]:
    lines: list[Line] = [(Segment(f"    {headline}", "dim"),)]
    for placed in frames:
        lines.append(
            (Segment(" " * 10), *_where(display, placed), Segment(_function(display, placed)))
        )
        if placed.frame.text is not None:
            lines.append((Segment(" " * 12), Segment(display.line(placed.frame.text), "dim")))
    return lines


def _where(display: Display, placed: PlacedFrame) -> Line:
    if placed.place is not None:
        return path(placed.place)
    return (Segment(f"{display.line(placed.frame.path)}:{placed.frame.line}", "dim"),)


def _function(display: Display, placed: PlacedFrame) -> str:
    changed = "  (the line reads otherwise now)" if placed.reads_otherwise else ""
    return f"  in {display.name(placed.frame.function)}{changed}"
