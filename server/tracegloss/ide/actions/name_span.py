"""Gives a span that is opened without a name one that says what it covers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracegloss.ide.actions.action import Action
from tracegloss.ide.answers import FileEdit, TextEdit
from tracegloss.model.site import LiteralName, Site
from tracegloss.overlay.document import TextKey
from tracegloss.snapshot import Snapshot
from tracegloss.text import LineIndex, Position, TextRange

_CALL = re.compile(r"(?P<callee>[A-Za-z_][\w.]*)\(")
_KEYWORDS = frozenset({"if", "while", "return", "print", "isinstance", "len", "with", "for", "not"})
# What is called on the span itself says nothing of what it covers.
_ON_THE_SPAN = re.compile(r"set_(?:inputs|outputs|attributes?|status|span_type)|add_event|end")
_MOST_BODY_LINES = 10


def name_span(snapshot: Snapshot, key: TextKey, position: Position) -> tuple[Action, ...]:
    """Offer a name for the `start_span()` at a position that has none.

    MLflow then calls the span `span`, which no search and no report can tell from another.
    """
    text = snapshot.text(key)
    found = next((s for s in _anonymous(snapshot, key) if position in s.at.range), None)
    if text is None or found is None:
        return ()
    opening = _opening(text, found.at.range)
    if opening is None:
        return ()
    name = _name(text, found)
    closes = text.line_text(opening.line)[opening.column :].lstrip().startswith(")")
    edit = TextEdit(TextRange(opening, opening), f'"{name}"' + ("" if closes else ", "))
    return (Action(f'Name this span "{name}"', "refactor", edits=(FileEdit(key, (edit,)),)),)


def _anonymous(snapshot: Snapshot, key: TextKey) -> Iterator[Site]:
    """Yield the sites of the current text whose only name is the API's own."""
    document = snapshot.documents.get(key)
    for site in document.sites if document is not None else ():
        defaults = [n for n in site.names if isinstance(n, LiteralName) and n.origin == "default"]
        if defaults and len(defaults) == len(site.names):
            yield site


def _opening(text: LineIndex, token: TextRange) -> Position | None:
    """Return the position behind the parenthesis of a plain call; `None` for anything else."""
    row = text.line_text(token.end.line)
    rest = row[token.end.column :]
    column = token.end.column + len(rest) - len(rest.lstrip()) + 1
    return Position(token.end.line, column) if rest.lstrip().startswith("(") else None


def _name(text: LineIndex, site: Site) -> str:
    """Name it after the first call inside it, else after the function around it."""
    line = site.at.range.start.line
    last = min(site.extent.end.line, line + _MOST_BODY_LINES)
    for row in (text.line_text(number) for number in range(line + 1, last + 1)):
        for call in _CALL.finditer(row.partition("#")[0]):
            name = call["callee"].rpartition(".")[2]
            if name not in _KEYWORDS and not _ON_THE_SPAN.fullmatch(name):
                return name
    function = (site.qualified_name or "").rpartition(".")[2]
    return f"{function}_part" if function.isidentifier() else "part"
