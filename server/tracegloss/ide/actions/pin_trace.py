"""Pins the trace whose call is shown here, or releases what is pinned."""

from __future__ import annotations

from tracegloss.ide.actions.action import Action
from tracegloss.ide.answers import SpanTarget
from tracegloss.overlay.annotation import FileNotes
from tracegloss.overlay.document import TextKey
from tracegloss.overlay.layer import Call
from tracegloss.snapshot import Snapshot
from tracegloss.text import Position


def pin_trace(snapshot: Snapshot, key: TextKey, position: Position) -> tuple[Action, ...]:
    """Offer to pin the newest trace that ran here, or to release what is pinned."""
    notes = snapshot.notes(key)
    target = None if notes is None else _target(notes, position)
    if target is None:
        return ()
    if snapshot.shows_pinned:
        return (Action("Release the pinned trace", "source", pin=target, release=True),)
    return (Action(f"Pin this trace ({target.trace_id[:11]})", "source", pin=target),)


def _target(notes: FileNotes, position: Position) -> SpanTarget | None:
    for finding in notes.findings:
        if finding.at is not None and position in finding.at and finding.newest.finding.span_ids:
            info = finding.newest.on_code.trace.info
            return SpanTarget(info.trace_id, finding.newest.finding.span_ids[0])
    calls: list[Call] = [site.calls[0] for site in notes.sites if position in site.at]
    calls += [call.calls[0] for call in notes.calls if position in call.at]
    return SpanTarget(calls[0].trace_id, calls[0].span.span_id) if calls else None
