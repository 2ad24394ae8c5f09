"""Code actions: everything that can be done at a place."""

from __future__ import annotations

from tracegloss.ide.actions.action import Action
from tracegloss.ide.actions.add_trace import add_trace
from tracegloss.ide.actions.create_test import create_test
from tracegloss.ide.actions.ignore_finding import ignore_finding
from tracegloss.ide.actions.name_span import name_span
from tracegloss.ide.actions.pin_trace import pin_trace
from tracegloss.overlay.document import TextKey
from tracegloss.snapshot import Snapshot
from tracegloss.text import Position

ACTIONS = (ignore_finding, pin_trace, add_trace, name_span, create_test)


def code_actions(snapshot: Snapshot, key: TextKey, position: Position) -> tuple[Action, ...]:
    """Return what can be done at a position of a text, quick fixes first."""
    return tuple(action for offer in ACTIONS for action in offer(snapshot, key, position))
