"""What differs in the rows of a comparison, value by value, already redacted and cut."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tracegloss.compare.comparison import Comparison
from tracegloss.compare.values import ABSENT, Absent, ValueChange, value_changes
from tracegloss.model.trace import Span, Tokens
from tracegloss.recorded import JsonValue, RecordedValue
from tracegloss.report.tally import tokens_of
from tracegloss.wording.cutting import cut, cut_name, cut_quoted
from tracegloss.wording.display import Display
from tracegloss.wording.printable import one_line
from tracegloss.wording.values import compact

MOST_CHANGES = 6
_PATH_ROOM = 40
_AROUND = 16
_HIDDEN = "differs in what is hidden here"


class ShownChange(Struct, frozen=True):
    """One thing that differs: what it is (`output hits[0].name`), and it before and after."""

    what: str
    before: str
    after: str


def changed_rows(comparison: Comparison, *, values: bool = True) -> list[int]:
    """List the rows with something to tell, the first difference before the others.

    Without `values` inputs and outputs are nothing to tell.
    """
    silent = set() if values else {"inputs", "outputs"}
    told = [n for n, found in comparison.differences.items() if set(found.changes) - silent]
    return sorted(told, key=lambda number: (number != comparison.first, number))


def shown_changes(
    comparison: Comparison, number: int, display: Display, room: int, *, values: bool = True
) -> list[ShownChange]:
    """Word what differs between the two spans of a row; `room` is for each of the two values."""
    row, found = comparison.rows[number], comparison.differences[number]
    old = comparison.before.tree.spans[row.before or ""]
    new = comparison.after.tree.spans[row.after or ""]
    shown: list[ShownChange] = []
    for change in found.changes:
        if change in {"fails", "passes", "exception"}:
            shown.append(ShownChange("end", _end(old, display, room), _end(new, display, room)))
        elif change == "model":
            shown.append(ShownChange("model", _model(old, display), _model(new, display)))
        elif change == "tokens":
            shown.append(ShownChange("tokens", _tokens(old.tokens), _tokens(new.tokens)))
        elif values and change == "inputs":
            shown += _values("input", old.inputs, new.inputs, display, room)
        elif values:
            shown += _values("output", old.outputs, new.outputs, display, room)
    return shown


def _end(span: Span, display: Display, room: int) -> str:
    if not span.exceptions:
        return span.status.value
    last = span.exceptions[-1]
    return cut(f"{display.name(last.type)}: {display.line(last.message)}", room)


def _values(
    what: str, old: RecordedValue | None, new: RecordedValue | None, display: Display, room: int
) -> Iterator[ShownChange]:
    before: JsonValue | Absent = ABSENT if old is None else display.value(old)
    after: JsonValue | Absent = ABSENT if new is None else display.value(new)
    found = value_changes(before, after)
    if not found:
        yield ShownChange(what, _HIDDEN, "")
    for change in found[:MOST_CHANGES]:
        yield _shown(what, change, room)
    if len(found) > MOST_CHANGES:
        yield ShownChange(what, f"… {len(found) - MOST_CHANGES} more members differ", "")


def _shown(what: str, change: ValueChange, room: int) -> ShownChange:
    path = cut_name(one_line(_path(change.path)), _PATH_ROOM)
    before, after = _excerpts(change.before, change.after, room)
    return ShownChange(f"{what} {path}".rstrip(), before, after)


def _path(path: tuple[str | int, ...]) -> str:
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return written.removeprefix(".")


def _excerpts(before: JsonValue | Absent, after: JsonValue | Absent, room: int) -> tuple[str, str]:
    """Write two values; of long texts the part from where they differ."""
    if isinstance(before, str) and isinstance(after, str):
        start = _common(before, after) - _AROUND
        if start > 0 and max(len(before), len(after)) > room:
            left = room - 1
            return f"…{cut_quoted(before[start:], left)}", f"…{cut_quoted(after[start:], left)}"
    return _value(before, room), _value(after, room)


def _common(before: str, after: str) -> int:
    pairs = enumerate(zip(before, after, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(before), len(after)))


def _value(value: JsonValue | Absent, room: int) -> str:
    if isinstance(value, Absent):
        return "not there"
    if isinstance(value, str):
        return cut_quoted(value, room)
    return cut(one_line(compact(value, room * 4)), room)


def _model(span: Span, display: Display) -> str:
    return display.name(span.model, absent="not recorded")


def _tokens(tokens: Tokens | None) -> str:
    total = None if tokens is None else tokens_of(tokens)
    if tokens is None or total is None:
        return "not recorded"
    return f"{total:,} ({tokens.input or 0:,} in, {tokens.output or 0:,} out)"
