"""The functions of an open document, read from its text as it is typed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import chain

from msgspec.structs import replace

from tracegloss.index.entries import entry_of
from tracegloss.index.interpreter.scopes import FileScopes
from tracegloss.index.places import function_id
from tracegloss.index.repo import FunctionEntry
from tracegloss.model.site import Place
from tracegloss.syntax.documents import ParsedDocument, Statement, parsed_document, statements
from tracegloss.syntax.extract import extract_document
from tracegloss.syntax.facts import FileFacts
from tracegloss.text import LineIndex, Position, TextRange

Entries = tuple[FunctionEntry, ...]


def _never() -> bool:
    return False


class FunctionReader:
    """Reads the functions of one document again and again; an edit costs what it touches.

    Meant for threads: others run meanwhile. What was read last serves the next reading, also when
    one was cancelled in between. `seconds` is what the last whole one took of a processor.
    """

    def __init__(self, path: str) -> None:
        """Take the document's path, relative to its root; nothing is read yet."""
        self._path = path
        self.seconds = 0.0
        self._document: ParsedDocument | None = None
        self._known: Mapping[Statement, Entries] = {}
        self._by_source: Mapping[bytes, tuple[int, Entries]] = {}

    def read(self, text: LineIndex, cancelled: Callable[[], bool] = _never) -> Entries | None:
        """Read the functions of a text; `None` once cancelled, or while the text does not parse."""
        began = time.thread_time()
        entries = self._read(text, cancelled)
        if not cancelled():
            self.seconds = time.thread_time() - began
        return entries

    def _read(self, text: LineIndex, cancelled: Callable[[], bool]) -> Entries | None:
        document = parsed_document(text, self._document, cancelled)
        if document is None:
            return None
        self._document = document
        cut = statements(document)
        if cut is None:
            return None if document.is_broken else _whole(text, self._path, cancelled)
        known: dict[Statement, Entries] = {}
        for statement in cut:
            entries = None if cancelled() else self._entries(statement, cancelled)
            if entries is None:
                return None
            known[statement] = entries
        self._known = known
        self._by_source = {each.source: (each.line, known[each]) for each in cut}
        return tuple(chain.from_iterable(known.values()))

    def _entries(self, statement: Statement, cancelled: Callable[[], bool]) -> Entries | None:
        """Give the functions of a statement: as they were, moved, or read.

        `None` if it is broken, or once cancelled. A statement that stood elsewhere has the same
        functions there.
        """
        known = self._known.get(statement)
        if known is not None:
            return known
        line, moved = self._by_source.get(statement.source, (0, None))
        if moved is None:
            facts = extract_document(statement.source, cancelled)
            if facts is None or facts.broken is not None:
                return None
            moved = _entries_of(facts, self._path)
        if line == statement.line:
            return moved
        return tuple(_moved(entry, statement.line - line) for entry in moved)


def _whole(text: LineIndex, path: str, cancelled: Callable[[], bool]) -> Entries | None:
    """Read all of a text that cannot be read by its statements."""
    facts = extract_document(text.source, cancelled)
    return None if facts is None or facts.broken is not None else _entries_of(facts, path)


def _entries_of(facts: FileFacts, path: str) -> Entries:
    scopes = FileScopes(facts)
    return tuple(
        entry_of(scopes, function_id(scopes, path, number), number)
        for number in range(len(facts.definitions))
    )


def _moved(entry: FunctionEntry, by: int) -> FunctionEntry:
    return replace(
        entry,
        function=replace(entry.function, line=entry.function.line + by),
        at=_moved_place(entry.at, by),
        extent=_moved_place(entry.extent, by),
    )


def _moved_place(place: Place, by: int) -> Place:
    start, end = place.range.start, place.range.end
    lines = TextRange(Position(start.line + by, start.column), Position(end.line + by, end.column))
    return replace(place, range=lines)
