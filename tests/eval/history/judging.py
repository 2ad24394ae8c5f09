"""Judges what is said of old traces on changed code against what was done to the code."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from tests.eval.history.making import History, Made
from tests.eval.history.marked import Spot
from tracegloss.model.resolution import Freshness, PlacedFrame, Resolved
from tracegloss.model.site import Place
from tracegloss.model.trace import SourceDescription
from tracegloss.recorded import Recorded
from tracegloss.reveal import reveal
from tracegloss.snapshot import TraceOnCode
from tracegloss.traces.files import read_file
from tracegloss.workspace.opening import Opening, open_workspace

RECORDINGS = Path(__file__).parents[3] / "fixtures" / "history" / "recordings"


class Answer(Struct, frozen=True):
    """One span: its label, what is true and what was said; spots are `None` where it is gone."""

    trace: str
    label: str
    true: Freshness
    said: Freshness | None
    true_spot: Spot | None
    said_spot: Spot | None
    true_commit: str | None
    said_commit: str | None

    @property
    def is_line_right(self) -> bool:
        """Tell whether the line named for it now is its line."""
        return self.true_spot == self.said_spot

    @property
    def is_wrongly_identical(self) -> bool:
        """Tell whether an edited or deleted function was called unchanged."""
        changed = self.true in {Freshness.EDITED, Freshness.GONE}
        return changed and self.said in {Freshness.IDENTICAL, Freshness.MOVED}


class FrameAnswer(Struct, frozen=True):
    """One stack frame on a labelled line: where that line is now, and where it was laid."""

    label: str
    true_spot: Spot
    said_spot: Spot | None


def lay(history: History, made: Made) -> list[TraceOnCode]:
    """Lay the recorded traces on the repository as it is now, without a store of facts."""
    workspace = open_workspace(Opening(made.root, cache=False)).workspace
    folder = recording(history)
    model = folder / "model.json"
    tags = json.loads(model.read_text(encoding="utf-8")) if model.exists() else None
    labels = None if tags is None else Recorded(tags)
    traces = [t for path in sorted((folder / "traces").iterdir()) for t in read_file(path)]
    source = SourceDescription("file", None)
    return [workspace.lay(trace, source, model=labels) for trace in traces]


def recording(history: History) -> Path:
    """Name the folder of the traces that a history begins with."""
    return RECORDINGS / f"{history.app}{'-dirty' if history.uncommitted else ''}"


def answers(history: History, made: Made, laid: list[TraceOnCode]) -> list[Answer]:
    """Compare every recorded span."""
    labels = json.loads((recording(history) / "labels.json").read_text(encoding="utf-8"))
    return [
        _answer(history, made, on_code, span_id, label)
        for on_code in laid
        for span_id, label in labels[on_code.trace.info.trace_id].items()
    ]


def frame_answers(made: Made, laid: list[TraceOnCode]) -> list[FrameAnswer]:
    """Compare every frame that stood on a labelled line."""
    return [
        FrameAnswer(label, _line(made.now[label]), _spot(placed.place))
        for on_code in laid
        for placed in _frames(on_code)
        if (label := _label(placed, made.then)) is not None and label in made.now
    ]


def true_freshness(history: History, made: Made, label: str) -> Freshness:
    """Say what became of a labelled function, as it was done to it."""
    if label in history.gone:
        return Freshness.GONE
    if label in history.edited:
        return Freshness.EDITED
    same = made.now[label] == made.then[label]
    return Freshness.IDENTICAL if same else Freshness.MOVED


def _answer(history: History, made: Made, on_code: TraceOnCode, span_id: str, label: str) -> Answer:
    since = on_code.since.get(span_id)
    resolution = on_code.correlation.resolutions[span_id]
    place = resolution.site.at if isinstance(resolution, Resolved) else None
    is_gone = since is not None and since.freshness is Freshness.GONE
    number = {**history.edited, **history.gone}.get(label, 0)
    now = made.now.get(label)
    return Answer(
        on_code.trace.info.trace_id,
        label,
        true_freshness(history, made, label),
        None if since is None else since.freshness,
        None if now is None else _line(now),
        None if is_gone else _spot(place),
        made.commits[number - 1] if number else None,
        None if since is None or since.changed_in is None else since.changed_in.commit,
    )


def _frames(on_code: TraceOnCode) -> Iterator[PlacedFrame]:
    for exceptions in on_code.correlation.frames.values():
        for blocks in exceptions:
            for frames in blocks:
                yield from frames


def _label(placed: PlacedFrame, then: Mapping[str, Spot]) -> str | None:
    """Name the labelled line that a frame stood on when it was recorded."""
    function, line = reveal(placed.frame.function), placed.frame.line
    for label, spot in then.items():
        if label.startswith("line.") and spot.line == line and _within(placed.frame.path, spot):
            return label if spot.name.endswith(function) else None
    return None


def _within(path: Recorded[str], spot: Spot) -> bool:
    return spot.cell is not None or reveal(path).endswith("/" + spot.path)


def _line(spot: Spot) -> Spot:
    return Spot(spot.path, spot.line, spot.cell)


def _spot(place: Place | None) -> Spot | None:
    return None if place is None else Spot(place.path, place.range.start.line + 1, place.cell)
