"""Model calls: which of them the function above can make, or whose own doing they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct, field

from tracegloss.correlate.candidates import Narrowed, Pin
from tracegloss.index.repo import RepoIndex
from tracegloss.model.resolution import Evidence, EvidenceKind, PlacedFrame
from tracegloss.model.site import FunctionId, Site, spot
from tracegloss.model.steps import CallStep, Choice, Loop, SiteStep, Step, Steps, Unordered
from tracegloss.recorded import phrase

_MOST_DEPTH = 8
_MOST_FUNCTIONS = 400
_OF_FRAMEWORKS = frozenset({"node", "edge", "tool", "module"})
"""Functions in whose spans a framework runs them."""


class Callers(Struct):
    """The calls of model libraries that each site's function makes, itself or through helpers."""

    index: RepoIndex
    sites: Sequence[Site]
    known: dict[FunctionId, frozenset[int]] = field(default_factory=dict)
    traced: frozenset[tuple[str, str | None]] | None = None

    def narrowed(self, calls: Sequence[int], above: Iterable[int], *, owned: bool) -> Narrowed:
        """Keep the calls that the functions of some sites can make; constructs own theirs."""
        reached: set[int] = set()
        owners: list[int] = []
        for number in above:
            site = self.sites[number]
            if site.kind in {"agent", "sdk-call"}:
                owners.append(number)
            elif site.function is not None:
                reached |= self._calls_of(site.function)
        return Narrowed(tuple(n for n in calls if n in reached), tuple(owners) if owned else ())

    def outside_of_spans(self, calls: Sequence[int]) -> tuple[int, ...]:
        """Leave out calls that stand in traced functions: their spans are no roots.

        All of them when there are no others.
        """
        if self.traced is None:
            self.traced = frozenset(
                (each.at.path, each.qualified_name)
                for each in self.sites
                if each.function is not None
                and (each.function_name is not None or each.kind in _OF_FRAMEWORKS)
            )
        outside = tuple(
            number
            for number in calls
            if (self.sites[number].at.path, self.sites[number].qualified_name) not in self.traced
        )
        return outside or tuple(calls)

    def _calls_of(self, function: FunctionId) -> frozenset[int]:
        found = self.known.get(function)
        if found is None:
            found = self.known[function] = frozenset(self._walk(function))
        return found

    def _walk(self, function: FunctionId) -> Iterator[int]:
        seen = {function}
        waiting = [(function, 0)]
        while waiting and len(seen) < _MOST_FUNCTIONS:
            current, depth = waiting.pop()
            steps = self.index.steps.get(current)
            for step in _flat(steps) if steps is not None else ():
                yield from (n for n in step.sites if self.sites[n].kind == "sdk-call")
                for helper in step.functions if depth < _MOST_DEPTH else ():
                    if helper not in seen:
                        seen.add(helper)
                        waiting.append((helper, depth + 1))


def pin_on_line(line: PlacedFrame, sites: Sequence[Site], calls: Iterable[int]) -> Pin | None:
    """Pin a failed call to the line at which its exception came back into the caller's code."""
    place = line.place
    if place is None or not line.verified:
        return None
    at = place.range.start.line
    there = frozenset(
        number
        for number in calls
        if (sites[number].at.path, sites[number].at.cell) == (place.path, place.cell)
        and sites[number].extent.start.line <= at <= sites[number].extent.end.line
    )
    said = phrase("the stack of its caller leaves at {spot}", spot=spot(place))
    elsewhere: Literal["unknown"] | None = None if there else "unknown"
    return Pin(there, True, Evidence(EvidenceKind.STACK_FRAME, True, said), elsewhere)


def _flat(steps: Steps) -> Iterator[CallStep]:
    for step in steps.steps:
        if isinstance(step, CallStep):
            yield step
        for inner in _inner(step):
            yield from _flat(inner)


def _inner(step: Step) -> tuple[Steps, ...]:
    match step:
        case CallStep():
            return ()
        case SiteStep(_, body) | Loop(body) | Unordered(body):
            return (body,)
        case Choice(branches):
            return branches
