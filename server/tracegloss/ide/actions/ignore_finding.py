"""Writes the comment that silences one rule at one place."""

from __future__ import annotations

import re

from tracegloss.ide.actions.action import Action
from tracegloss.ide.answers import FileEdit, TextEdit
from tracegloss.overlay.annotation import FindingNote
from tracegloss.overlay.document import TextKey
from tracegloss.snapshot import Snapshot
from tracegloss.text import LineIndex, Position, TextRange

_LISTED = re.compile(r"#\s*tracegloss:\s*ignore\[(?P<rules>[^\]]*)\]")


def ignore_finding(snapshot: Snapshot, key: TextKey, position: Position) -> tuple[Action, ...]:
    """Offer to ignore each finding that is marked at a position."""
    notes, text = snapshot.notes(key), snapshot.text(key)
    if notes is None or text is None:
        return ()
    return tuple(
        _action(key, text, note, note.at)
        for note in notes.findings
        if note.at is not None and position in note.at
    )


def _action(key: TextKey, text: LineIndex, note: FindingNote, at: TextRange) -> Action:
    rule = note.newest.finding.rule
    return Action(
        f"Ignore {rule} here",
        "quickfix",
        edits=(FileEdit(key, (_comment(text, rule, at.start.line),)),),
        fingerprint=note.fingerprint,
    )


def _comment(text: LineIndex, rule: str, line: int) -> TextEdit:
    """Add the rule to a comment of ours that is there, else write one at the end of the line.

    A line that goes on (backslash, open string of several lines) gets it on a line above.
    """
    row = text.line_text(line)
    listed = _LISTED.search(row)
    if listed is not None:
        column = listed.end("rules")
        return TextEdit(_empty(line, column), f", {rule}" if listed["rules"].strip() else rule)
    comment = f"# tracegloss: ignore[{rule}]"
    if row.rstrip().endswith("\\") or row.count('"""') % 2 or row.count("'''") % 2:
        indent = row[: len(row) - len(row.lstrip())]
        return TextEdit(_empty(line, 0), f"{indent}{comment}\n")
    end = len(row.rstrip())
    return TextEdit(TextRange(Position(line, end), Position(line, len(row))), f"  {comment}")


def _empty(line: int, column: int) -> TextRange:
    return TextRange(Position(line, column), Position(line, column))
