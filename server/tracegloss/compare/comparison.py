"""Two traces on code compared: the merged tree, what differs, the changed functions on the path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from tracegloss.compare.alignment import Row, align
from tracegloss.compare.difference import Difference, difference
from tracegloss.compare.suspects import ChangedFunction, Suspect, Why, suspects
from tracegloss.model.resolution import Resolved
from tracegloss.model.site import FunctionId, Site
from tracegloss.trace_on_code import TraceOnCode


class CommitsBetween(Struct, frozen=True):
    """The commits the two traces ran at, full ids, and how they stand to each other.

    `ahead` counts the commits that the later trace's code has and the earlier's has not, `behind`
    the other way round. `unknown` says why changed functions were not looked for; it is empty when
    they were.
    """

    before: str | None = None
    after: str | None = None
    ahead: int | None = None
    behind: int | None = None
    unknown: str = ""


class Comparison(Struct, frozen=True):
    """Everything that is told of two traces.

    `differences` has an entry for every row with both spans. `first` is the row, by the time its
    span ended, where equal input first led to another end; `None` when there is none.
    """

    before: TraceOnCode
    after: TraceOnCode
    commits: CommitsBetween
    rows: tuple[Row, ...]
    differences: Mapping[int, Difference]
    first: int | None
    suspects: tuple[Suspect, ...]


def compare(
    before: TraceOnCode,
    after: TraceOnCode,
    commits: CommitsBetween,
    changed: Iterable[ChangedFunction] = (),
) -> Comparison:
    """Align two traces and say what differs; `changed` are the functions on their path that did."""
    rows = align(before, after)
    differences = {
        number: difference(before.tree.spans[row.before], after.tree.spans[row.after])
        for number, row in enumerate(rows)
        if row.before is not None and row.after is not None
    }
    first = _first(rows, differences, after)
    whys = _whys(rows, differences, first)
    on_path = rows_of_functions(before, after, rows)
    return Comparison(
        before, after, commits, rows, differences, first, suspects(changed, on_path, whys)
    )


def site_of_row(before: TraceOnCode, after: TraceOnCode, row: Row) -> Site | None:
    """Return the one site of a row, that of the later trace where both have one."""
    for on_code, span_id in ((after, row.after), (before, row.before)):
        found = None if span_id is None else on_code.correlation.resolutions.get(span_id)
        if isinstance(found, Resolved):
            return found.site
    return None


def rows_of_functions(
    before: TraceOnCode, after: TraceOnCode, rows: Sequence[Row]
) -> dict[FunctionId, list[int]]:
    """Tell for every function that made spans the rows they stand in."""
    found: dict[FunctionId, list[int]] = {}
    for number, row in enumerate(rows):
        site = site_of_row(before, after, row)
        if site is not None and site.function is not None:
            found.setdefault(site.function, []).append(number)
    return found


def _first(
    rows: Sequence[Row], differences: Mapping[int, Difference], after: TraceOnCode
) -> int | None:
    """Find the divergence that ended first: what it led to ended later, or lies around it."""

    def ended(number: int) -> tuple[int, int]:
        span = after.tree.spans[rows[number].after or ""]
        end = span.start_ns if span.end_ns is None else span.end_ns
        return end, -rows[number].depth

    diverged = [number for number, found in differences.items() if found.is_divergence]
    return min(diverged, key=ended, default=None)


def _whys(
    rows: Sequence[Row], differences: Mapping[int, Difference], first: int | None
) -> dict[int, Why]:
    whys: dict[int, Why] = {}
    for number, row in enumerate(rows):
        found = differences.get(number)
        if number == first:
            whys[number] = "first-difference"
        elif row.before is None or row.after is None:
            whys[number] = "only-in-one"
        elif found is not None and found.is_divergence:
            whys[number] = "other-end"
        elif found is not None and found.changes:
            whys[number] = "input-differs"
    return whys
