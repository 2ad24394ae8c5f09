"""Adds `@mlflow.trace` to a function, with the import it needs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracegloss.ide.actions.action import Action
from tracegloss.ide.actions.decorators import decorators_of
from tracegloss.ide.answers import FileEdit, TextEdit
from tracegloss.index.repo import FunctionEntry
from tracegloss.overlay.document import Document, TextKey
from tracegloss.snapshot import Snapshot
from tracegloss.text import LineIndex, Position, TextRange

# A span around these would cover something else than the call: a signature, a generator's start.
_UNFIT = frozenset({"overload", "contextmanager", "asynccontextmanager", "fixture"})
_IMPORT = re.compile(r"import mlflow(?:\s+as\s+(?P<alias>\w+))?\s*(?:#.*)?$")
_FROM = re.compile(r"from mlflow import\s+(?P<names>[^#]*)")
_TRACE = re.compile(r"(?:^|[\s,(])trace(?:\s+as\s+(?P<alias>\w+))?\s*(?:,|\)|$)")
_MOST_IMPORT_LINES = 400


def add_trace(snapshot: Snapshot, key: TextKey, position: Position) -> tuple[Action, ...]:
    """Offer to trace the function whose name is at a position, unless it is traced already."""
    document = snapshot.documents.get(key)
    if document is None:
        return ()
    entry = next((f for f in document.functions if position in f.at.range), None)
    if entry is None or entry.kind != "function" or _is_traced(document, entry):
        return ()
    if not _stands_there(document.text, entry):
        return ()
    decorators = decorators_of(document.text, entry)
    if decorators is None or any(_is_unfit(each) for each in decorators):
        return ()
    decorator, imports = _spelling(document.text)
    edits = _joined((*imports, _line_above(document.text, entry, decorator)))
    return (Action(f"Add @{decorator}", "refactor", edits=(FileEdit(key, edits),)),)


def _joined(edits: Sequence[TextEdit]) -> tuple[TextEdit, ...]:
    """Make one edit of two at one place, whose order clients might not keep."""
    if len({edit.range for edit in edits}) == len(edits):
        return tuple(edits)
    return (TextEdit(edits[0].range, "".join(edit.text for edit in edits)),)


def _stands_there(text: LineIndex, entry: FunctionEntry) -> bool:
    """Tell whether a function is where it was read: while a text does not parse, it may not be."""
    start, end = entry.at.range.start, entry.at.range.end
    return text.line_text(start.line)[start.column : end.column] == entry.name


def _is_traced(document: Document, entry: FunctionEntry) -> bool:
    return any(site.at.range == entry.at.range for site in document.sites)


def _is_unfit(decorator: str) -> bool:
    return decorator.rpartition(".")[2] in _UNFIT or decorator in {"mlflow.trace", "trace"}


def _line_above(text: LineIndex, entry: FunctionEntry, decorator: str) -> TextEdit:
    """Write it directly above the `def`, under all other decorators.

    There it wraps the function itself: `staticmethod`, `classmethod`, `property`, and what makes a
    tool or a route of a function, take the traced function and stay what callers see.
    """
    line = entry.at.range.start.line
    row = text.line_text(line)
    indent = row[: len(row) - len(row.lstrip())]
    return TextEdit(_at(line, 0), f"{indent}@{decorator}\n")


def _spelling(text: LineIndex) -> tuple[str, tuple[TextEdit, ...]]:
    """Return the decorator as this file can write it, and the import where there is none yet."""
    statements = _top_statements(text)
    for statement in statements:
        plain = _IMPORT.fullmatch(statement)
        if plain is not None:
            return f"{plain['alias'] or 'mlflow'}.trace", ()
        names = _FROM.match(statement)
        bound = None if names is None else _TRACE.search(names["names"])
        if bound is not None:
            return bound["alias"] or "trace", ()
    line = _import_line(text)
    return "mlflow.trace", (TextEdit(_at(line, 0), _import_text(text, line)),)


def _top_statements(text: LineIndex) -> Sequence[str]:
    """Return the import statements at column 0, those in parentheses joined into one line."""
    statements: list[str] = []
    rows = (text.line_text(line).rstrip() for line in range(min(text.n_lines, _MOST_IMPORT_LINES)))
    open_statement = ""
    for row in rows:
        if open_statement:
            open_statement += f" {row.strip()}"
        elif row.startswith(("import ", "from ")):
            open_statement = row
        if open_statement and ("(" not in open_statement or ")" in open_statement):
            statements.append(open_statement)
            open_statement = ""
    return statements


def _import_line(text: LineIndex) -> int:
    """Return the 0-based line for a new import: after the last one, else after the docstring."""
    last = -1
    rows = [text.line_text(line) for line in range(min(text.n_lines, _MOST_IMPORT_LINES))]
    depth = 0
    for line, row in enumerate(rows):
        if row.startswith(("import ", "from ")) or depth:
            depth += row.count("(") - row.count(")")
            last = line
        elif row.startswith(("def ", "class ", "async def ", "@")):
            break
    return last + 1 if last >= 0 else _after_docstring(rows)


def _after_docstring(rows: Sequence[str]) -> int:
    line = 0
    while line < len(rows) and (rows[line].startswith("#") or not rows[line].strip()):
        line += 1
    quote = rows[line].lstrip("rRuU")[:3] if line < len(rows) else ""
    if quote not in {'"""', "'''"}:
        return min(line, len(rows))
    closes_here = rows[line].count(quote) > 1
    end = line if closes_here else _closing(rows, line, quote)
    return end + 1


def _closing(rows: Sequence[str], line: int, quote: str) -> int:
    return next((n for n in range(line + 1, len(rows)) if quote in rows[n]), line)


def _import_text(text: LineIndex, line: int) -> str:
    """Write the import with the empty lines its place needs."""
    before = text.line_text(line - 1) if line else ""
    after = text.line_text(line)
    is_among_imports = before.startswith(("import ", "from ", ")")) and "__future__" not in before
    opening = "\n" if before.strip() and not is_among_imports else ""
    closing = "\n\n" if after.strip() and not after.startswith(("import ", "from ")) else ""
    return f"{opening}import mlflow\n{closing}"


def _at(line: int, column: int) -> TextRange:
    return TextRange(Position(line, column), Position(line, column))
