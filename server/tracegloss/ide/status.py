"""The line in the status bar: what is loaded, or why there is nothing, and what a click does."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from tracegloss.model.finding import Severity
from tracegloss.snapshot import (
    Following,
    NoSource,
    Snapshot,
    UnclearExperiment,
    Unreachable,
)
from tracegloss.wording.display import Display
from tracegloss.wording.durations import moment

StatusAction: TypeAlias = Literal[
    "cancel", "choose-source", "choose-experiment", "follow", "explore", "release", "doctor"
]
_MOST_EXPERIMENTS = 3


class StatusLine(Struct, frozen=True):
    """A few words, a sentence or two behind them, and what a click offers."""

    text: str
    hover: str
    action: StatusAction


def status(snapshot: Snapshot) -> StatusLine | None:
    """Word the state of a workspace; `None` hides the item where nothing makes traces."""
    if snapshot.indexing is not None:
        done, total = snapshot.indexing.done, snapshot.indexing.total
        return StatusLine(f"Tracegloss: indexing {done:,} of {total:,}", "", "cancel")
    n_sites = sum(len(root.index.sites) for root in snapshot.roots)
    if n_sites == 0 and not snapshot.traces:
        return None
    display = Display(snapshot.settings.redaction)
    match snapshot.source:
        case Unreachable() as fault:
            return _unreachable(snapshot, display, fault)
        case UnclearExperiment() as unclear:
            return _unclear(display, unclear)
        case NoSource(looked_at=places) if not snapshot.traces:
            looked = f" Looked at: {', '.join(map(display.ours, places))}." if places else ""
            functions = _counted(n_sites, "traced function")
            hover = f"{functions}; no tracking store found.{looked}"
            return StatusLine("Tracegloss: no traces", hover, "choose-source")
        case Following(experiment=experiment) if not snapshot.traces:
            name = f"Experiment {display.name(experiment)}" if experiment else "It"
            hover = f"{name} is empty. Run the application; new traces appear here."
            return StatusLine("Tracegloss: 0 traces", hover, "follow")
        case _:
            return _loaded(snapshot, display)


def _loaded(snapshot: Snapshot, display: Display) -> StatusLine:
    shown = [layer.on_code.trace.info.trace_id for layer in snapshot.overlay.layers]
    beyond = snapshot.overlay.n_beyond
    hover = f"{_counted(beyond, 'more finding')} not shown." if beyond else ""
    if snapshot.shows_pinned:
        pinned = ", ".join(display.ours(trace_id)[:11] for trace_id in shown)
        return StatusLine(f"Tracegloss: pinned {pinned}", hover, "release")
    errors = sum(
        note.severity is Severity.ERROR
        for notes in snapshot.overlay.files.values()
        for note in notes.findings
    )
    tail = f" · {_counted(errors, 'error')}" if errors else ""
    return StatusLine(f"Tracegloss: {_counted(len(shown), 'trace')}{tail}", hover, "explore")


def _unclear(display: Display, unclear: UnclearExperiment) -> StatusLine:
    newest = unclear.experiments[:_MOST_EXPERIMENTS]
    listed = ", ".join(f"{display.name(name)} ({_counted(n, 'trace')})" for name, n in newest)
    return StatusLine("Tracegloss: choose experiment", f"Newest: {listed}.", "choose-experiment")


def _unreachable(snapshot: Snapshot, display: Display, fault: Unreachable) -> StatusLine:
    held = ""
    if fault.as_of_ns is not None and snapshot.traces:
        held = f" What is shown is as of {moment(fault.as_of_ns)}."
    return StatusLine(
        f"Tracegloss: server unreachable, retry in {fault.retry_seconds} s",
        f"{display.ours(fault.host)}: {display.ours(fault.reason)}.{held}",
        "doctor",
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
