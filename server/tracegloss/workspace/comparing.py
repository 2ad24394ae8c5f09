"""Compares two traces of a workspace, and finds the newest good one of a trace's name."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.compare.comparison import CommitsBetween, Comparison, compare
from tracegloss.compare.suspects import ChangedFunction
from tracegloss.errors import TraceNotFoundError, UsageError
from tracegloss.history.hardened import NoRepository
from tracegloss.history.objects import Objects, open_objects
from tracegloss.model.trace import TraceInfo
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.traces.query import good_before
from tracegloss.workspace.opening import OpenedWorkspace
from tracegloss.workspace.path_history import PathHistory

MOST_LOOKED_AT = 20
_GOOD = frozenset({"clean", "suspicious"})


def compare_traces(
    opened: OpenedWorkspace, before: str | None, after: str, now_ns: int | None = None
) -> Comparison:
    """Lay two traces on the code and compare them; without `before` with the newest good one.

    Each is what `correlate` takes, and must mean one trace. Raises `UsageError`,
    `TraceNotFoundError`, or what the store has to say.
    """
    later = _one(opened, after, now_ns)
    earlier = newest_good(opened, later, now_ns) if before is None else _one(opened, before, now_ns)
    commits, changed = changed_between(opened, earlier, later)
    return compare(earlier, later, commits, changed)


def newest_good(
    opened: OpenedWorkspace, after: TraceOnCode, now_ns: int | None = None
) -> TraceOnCode:
    """Lay the newest trace of the same name before this one that is OK and not judged wrong."""
    query = good_before(after.trace.info, MOST_LOOKED_AT)
    if after.source.kind in {"file", "stdin"} or query is None:
        raise UsageError(
            "A trace from a file, or without a name, has no store of earlier ones",
            where=after.trace.info.trace_id,
            remedy="Name both traces: correlate compare A B",
        )
    for info in opened.source.search(query):
        if info.trace_id != after.trace.info.trace_id:
            laid = _laid(opened, info, now_ns)
            if laid is not None and laid.examination.verdict.kind in _GOOD:
                return laid
    raise TraceNotFoundError(
        "No good trace of this name is older",
        where=after.trace.info.trace_id,
        remedy="Name both traces: correlate compare A B",
    )


def _laid(opened: OpenedWorkspace, info: TraceInfo, now_ns: int | None) -> TraceOnCode | None:
    """Lay a listed trace; one that was deleted since is passed over."""
    try:
        return next(opened.lay_all(info.trace_id, now_ns), None)
    except TraceNotFoundError:
        return None


def _one(opened: OpenedWorkspace, written: str, now_ns: int | None) -> TraceOnCode:
    laid: Iterator[TraceOnCode] = opened.lay_all(written, now_ns)
    first = next(laid, None)
    if first is None:
        raise TraceNotFoundError("There is no trace", where=written[:80], remedy="Name another")
    if next(laid, None) is not None:
        raise UsageError(
            "Two traces are compared, and this holds several",
            where=written[:80],
            remedy="Name a trace by its id, or a file of one trace",
        )
    return first


def changed_between(
    opened: OpenedWorkspace, before: TraceOnCode, after: TraceOnCode
) -> tuple[CommitsBetween, tuple[ChangedFunction, ...]]:
    """Ask git about the commits of two laid traces, or say why it cannot be asked.

    The functions on their path that differ are those of the texts that ran, edits included.
    """
    named = CommitsBetween(before.standing.commit, after.standing.commit)
    unknown = _unknown(before, after)
    if unknown:
        return CommitsBetween(named.before, named.after, unknown=unknown), ()
    objects = open_objects(opened.root)
    if isinstance(objects, NoRepository):
        return CommitsBetween(named.before, named.after, unknown=objects.reason), ()
    with objects:
        return _asked(opened, objects, before, after)


def _asked(
    opened: OpenedWorkspace, objects: Objects, before: TraceOnCode, after: TraceOnCode
) -> tuple[CommitsBetween, tuple[ChangedFunction, ...]]:
    old = objects.resolve(before.standing.commit or "")
    new = objects.resolve(after.standing.commit or "")
    if old is None or new is None:
        return CommitsBetween(old, new, unknown="a commit is not in this repository"), ()
    ahead, behind = _count(objects, old, new), _count(objects, new, old)
    index = opened.workspace.index
    edits = (opened.texts_of_run(on_code) for on_code in (before, after))
    changed = tuple(PathHistory(objects, old, new, *edits).changed(before, after, index))
    return CommitsBetween(old, new, ahead, behind), changed


def _count(objects: Objects, old: str, new: str) -> int | None:
    counted = objects.ask("rev-list", "--count", f"{old}..{new}")
    return int(counted) if counted.isdigit() else None


def _unknown(before: TraceOnCode, after: TraceOnCode) -> str:
    for on_code, which in ((before, "the first"), (after, "the second")):
        if on_code.standing.commit is None:
            return f"{which} trace recorded no commit"
        if on_code.standing.known_here is False:
            return f"the commit of {which} trace is not in this repository"
    return ""
