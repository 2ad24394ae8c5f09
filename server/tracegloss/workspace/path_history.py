"""Which functions that two traces ran through changed between the commits they ran at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from tracegloss.compare.suspects import ChangedFunction
from tracegloss.history.code import Code, code_at
from tracegloss.history.functions import CarriedFunctions
from tracegloss.history.likeness import changed_parts
from tracegloss.history.objects import Objects
from tracegloss.history.touched import Touches
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.model.freshness import ChangedIn
from tracegloss.model.resolution import Freshness, PlacedFrame, Resolved
from tracegloss.model.site import FunctionId, Place
from tracegloss.model.steps import CallStep, Choice, Loop, SiteStep, Steps, Unordered
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.workspace.module_changes import ModuleChanges, Reader

Texts: TypeAlias = Mapping[str, bytes | None]

MOST_HELPERS = 400


class _Ran(Struct, frozen=True):
    """A function as a trace ran it: where a place of it stood, and its qualified name then."""

    at: Place
    qualified_name: str


class _OnPath(Struct, frozen=True):
    """A function on the path: its name token now, and how each trace ran it, if it did."""

    function: FunctionId
    at: Place
    before: _Ran | None = None
    after: _Ran | None = None
    called_by: tuple[FunctionId, ...] = ()


class PathHistory:
    """The code that two traces ran, each file of it read once.

    Both are commits (full ids) with the edits that the runs had beside them, by path.
    """

    def __init__(
        self, objects: Objects, before: str, after: str, edits_before: Texts, edits_after: Texts
    ) -> None:
        """Read nothing yet."""
        self.then = code_at(objects, before, edits_before)
        self.now = code_at(objects, after, edits_after)
        self._forward = CarriedFunctions(self.then, self.now)
        self._backward = CarriedFunctions(self.now, self.then)
        self._touches = Touches(objects)
        self._commits = before, after

    def changed(
        self, before: TraceOnCode, after: TraceOnCode, index: RepoIndex
    ) -> Iterator[ChangedFunction]:
        """Yield the functions on the path of two traces whose text differs, then names of modules.

        On the path are the functions that made spans, those in stack frames, and those without a
        span that these are known to call, as far as `index`, the workspace's own, tells.
        """
        on_paths = tuple(_on_path(before, after, index).values())
        for on_path in on_paths:
            found = self._changed(on_path)
            if found is not None:
                yield found
        changes = ModuleChanges(self._touches.objects, self.then, self.now, self._commits)
        yield from changes.changed(tuple(self._readers(on_paths)))

    def _readers(self, on_paths: Iterable[_OnPath]) -> Iterator[Reader]:
        """Yield the functions on the path that are in both commits, edited or not."""
        for on_path in on_paths:
            old = None if on_path.before is None else _entry(self.then, on_path.before)
            new = None if on_path.after is None else _entry(self.now, on_path.after)
            new = new or (self._forward.carry(old.function).entry if old else None)
            old = old or (self._backward.carry(new.function).entry if new else None)
            if old is not None and new is not None:
                yield Reader(old, new, on_path.called_by or (on_path.function,))

    def _changed(self, on_path: _OnPath) -> ChangedFunction | None:
        old = None if on_path.before is None else _entry(self.then, on_path.before)
        new = None if on_path.after is None else _entry(self.now, on_path.after)
        if old is None and new is None:
            return None
        if old is None and new is not None:
            old = self._backward.carry(new.function).entry
        if old is None:
            names = () if new is None else (new.function,)
            return self._told(on_path, "new", names)
        carried = self._forward.carry(old.function)
        if carried.freshness is Freshness.GONE:
            return self._told(on_path, "gone", (old.function,))
        if carried.freshness is not Freshness.EDITED or carried.entry is None:
            return None
        told = self._told(on_path, "edited", (carried.entry.function, old.function))
        parts = changed_parts(self.then.source(old), self.now.source(carried.entry))
        return replace(told, parts=parts)

    def _told(
        self, on_path: _OnPath, how: Literal["edited", "gone", "new"], names: tuple[FunctionId, ...]
    ) -> ChangedFunction:
        commits = self._commits_of(names, *self._commits) or self._commits_of(
            names, *reversed(self._commits)
        )
        return ChangedFunction(on_path.function, on_path.at, how, commits, (), on_path.called_by)

    def _commits_of(
        self, names: tuple[FunctionId, ...], old: str, new: str
    ) -> tuple[ChangedIn, ...]:
        unique = tuple(dict.fromkeys(names))
        return tuple(commit.told for commit, _ in self._touches.touching(unique, old, new))


def _entry(code: Code, ran: _Ran) -> FunctionEntry | None:
    """Find the function of a name around a place, or else the first of that name."""
    named = [
        entry
        for entry in code.functions(ran.at.path)
        if entry.function.qualified_name == ran.qualified_name
    ]
    around = [entry for entry in named if _is_around(entry, ran.at)]
    return next(iter(around or named), None)


def _is_around(entry: FunctionEntry, at: Place) -> bool:
    extent = entry.extent.range
    is_same_cell = entry.extent.cell == at.cell
    return is_same_cell and extent.start.line <= at.range.start.line <= extent.end.line


def _on_path(
    before: TraceOnCode, after: TraceOnCode, index: RepoIndex
) -> dict[FunctionId, _OnPath]:
    found: dict[FunctionId, _OnPath] = {}
    for function, at, ran in _with_spans(before):
        found.setdefault(function, _OnPath(function, at, before=ran))
    for function, at, ran in _with_spans(after):
        known = found.setdefault(function, _OnPath(function, at))
        found[function] = replace(known, after=known.after or ran)
    for function, at, caller in _without_spans((before, after), index):
        ran = _Ran(at, function.qualified_name)
        known = found.setdefault(function, _OnPath(function, at, ran, ran))
        if known.called_by or (known.before is ran):
            callers = dict.fromkeys((*known.called_by, caller))
            found[function] = replace(known, called_by=tuple(callers))
    return found


def _with_spans(on_code: TraceOnCode) -> Iterator[tuple[FunctionId, Place, _Ran]]:
    """Yield the functions that made spans, with their name as it is now and as it ran."""
    for span_id, resolution in on_code.correlation.resolutions.items():
        if not isinstance(resolution, Resolved) or resolution.site.function is None:
            continue
        site, function = resolution.site, resolution.site.function
        since = on_code.since.get(span_id)
        if function.qualified_name and since is not None and since.as_ran is not None:
            name = since.as_ran.qualified_name or function.qualified_name
            yield function, site.at, _Ran(since.as_ran.at, name)
        elif function.qualified_name:
            yield function, site.at, _Ran(site.at, function.qualified_name)


def _without_spans(
    traces: tuple[TraceOnCode, ...], index: RepoIndex
) -> Iterator[tuple[FunctionId, Place, FunctionId]]:
    """Yield functions of stack frames, and those called by functions with spans; the caller too."""
    for on_code in traces:
        callers = {function: None for function, _, _ in _with_spans(on_code)}
        for span_id, frames in on_code.correlation.frames.items():
            resolution = on_code.correlation.resolutions.get(span_id)
            if isinstance(resolution, Resolved) and resolution.site.function is not None:
                for function in _of_frames(frames):
                    if function in index.functions:
                        yield function, index.functions[function].at, resolution.site.function
        for caller in callers:
            for function in _helpers(caller, index):
                yield function, index.functions[function].at, caller


def _of_frames(
    frames: tuple[tuple[tuple[PlacedFrame, ...], ...], ...],
) -> Iterator[FunctionId]:
    for blocks in frames:
        for block in blocks:
            for placed in block:
                if placed.function is not None and placed.function.qualified_name:
                    yield placed.function


def _helpers(caller: FunctionId, index: RepoIndex) -> Iterator[FunctionId]:
    """Yield the functions without a span that a function may run, however deep."""
    seen: set[FunctionId] = {caller}
    queue = [caller]
    while queue and len(seen) < MOST_HELPERS:
        for function in _called(index.steps.get(queue.pop(0))):
            if function not in seen and function in index.functions:
                seen.add(function)
                queue.append(function)
                yield function


def _called(steps: Steps | None) -> Iterator[FunctionId]:
    waiting = [] if steps is None else [steps]
    while waiting:
        for step in waiting.pop().steps:
            match step:
                case CallStep(functions=functions):
                    yield from functions
                case SiteStep(body=body) | Loop(body=body) | Unordered(body=body):
                    waiting.append(body)
                case Choice(branches=branches):
                    waiting += branches
