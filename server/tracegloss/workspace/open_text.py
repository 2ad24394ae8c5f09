"""The functions of an open document, read from its text as it is typed."""

from __future__ import annotations

from collections.abc import Callable

from tracegloss.index.entries import entry_of
from tracegloss.index.places import function_id
from tracegloss.index.repo import FunctionEntry
from tracegloss.index.scopes import FileScopes
from tracegloss.syntax.extract import extract_document


def functions_of(
    source: bytes, path: str, cancelled: Callable[[], bool] = lambda: False
) -> tuple[FunctionEntry, ...] | None:
    """Read the functions of UTF-8 Python; `None` once cancelled, or while the text does not parse.

    Meant for a thread: other threads run meanwhile.
    """
    facts = extract_document(source, cancelled)
    if facts is None or facts.broken is not None:
        return None
    scopes = FileScopes(facts)
    return tuple(
        entry_of(scopes, function_id(scopes, path, number), number)
        for number in range(len(facts.definitions))
    )
