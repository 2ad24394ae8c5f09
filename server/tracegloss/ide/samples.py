"""One call's inputs and outputs as rows of a fence: few, short, redacted."""

from __future__ import annotations

from collections.abc import Container, Sequence

from msgspec import Struct

from tracegloss.model.trace import Span
from tracegloss.recorded import RecordedValue
from tracegloss.wording.display import Display
from tracegloss.wording.documents import documents_in
from tracegloss.wording.values import ValueRow, label_width, value_rows

ROOM = 88
_RULE = "───────"


class _Side(Struct, frozen=True):
    """What went in, or what came out: rows, the number of documents, what else is not shown."""

    rows: Sequence[ValueRow] = ()
    documents: int = 0
    beyond: str = ""


def sample_rows(
    display: Display, span: Span, parameters: Container[str] | None = None
) -> list[str]:
    """Lay out what went in and what came out; nothing when neither was recorded.

    With `parameters`, those of the function as it is now, an input that it no longer takes says so.
    """
    given, returned = _side(display, span.inputs), _side(display, span.outputs)
    width = label_width([*given.rows, *returned.rows])
    rows = [_written(row, width) + _missing(row, parameters) for row in given.rows]
    rows += [given.beyond] if given.beyond else []
    if span.outputs is not None:
        number = returned.documents
        counted = f", {number:,} document{'' if number == 1 else 's'}" if number else ""
        rows.append(f"{_RULE} returned{counted}")
        rows += [_written(row, width) for row in returned.rows]
        rows += [returned.beyond] if returned.beyond else []
    return [row.rstrip() for row in rows]


def _side(display: Display, recorded: RecordedValue | None) -> _Side:
    if recorded is None:
        return _Side()
    value, left_out = display.sample(recorded)
    documents = len(documents_in(value))
    beyond = ""
    if left_out:
        items = f"{left_out.items:,} items" if left_out.items else ""
        characters = f"{left_out.characters:,} characters" if left_out.characters else ""
        beyond = f"… and {' and '.join(filter(None, (items, characters)))} beyond this"
    rows = value_rows(value, ROOM, quoted=False)
    return _Side(rows, documents if not left_out.items else 0, beyond)


def _written(row: ValueRow, width: int) -> str:
    return f"{row.label.ljust(width)}  {row.value}" if width else row.value


def _missing(row: ValueRow, parameters: Container[str] | None) -> str:
    is_gone = parameters is not None and row.label and row.label not in parameters
    return "   ← parameter no longer exists" if is_gone else ""
