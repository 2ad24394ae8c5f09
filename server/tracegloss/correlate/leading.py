"""Which functions can come to a site that matters, found once however often they are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from tracegloss.model.site import FunctionId
from tracegloss.model.steps import CallStep, Choice, SiteStep, Steps

MOST_LOOKED_AT = 200
"""Functions that are looked at for one: what can run more is taken to come to a site."""


class Leading(Struct, frozen=True):
    """Follows calls through functions without spans; `relevant` sites matter, `None` means all."""

    bodies: Mapping[FunctionId, Steps]
    relevant: frozenset[int] | None = None
    known: dict[FunctionId, bool] = field(default_factory=dict)
    called: dict[FunctionId, tuple[FunctionId, ...] | None] = field(default_factory=dict)

    def to_sites(self, function: FunctionId) -> bool:
        """Tell whether a function can come to a site, or to more than can be looked at."""
        known = self.known.get(function)
        if known is None:
            known = self.known[function] = self._leads(function)
        return known

    def _leads(self, function: FunctionId) -> bool:
        seen = {function: None}
        waiting = [function]
        while waiting:
            called = self._called_by(waiting.pop())
            if called is None:
                return True
            for each in called:
                if each not in seen:
                    # What it leads to is in reach from here too, and as much to look at.
                    if self.known.get(each):
                        return True
                    seen[each] = None
                    waiting.append(each)
            if len(seen) > MOST_LOOKED_AT:
                return True
        self.known.update(dict.fromkeys(seen, False))
        return False

    def _called_by(self, function: FunctionId) -> tuple[FunctionId, ...] | None:
        """Give what a body calls, in its order; `None` when it comes to a site itself."""
        if function not in self.called:
            sites, called = _reached(self.bodies.get(function) or Steps())
            is_found = bool(sites if self.relevant is None else self.relevant.intersection(sites))
            self.called[function] = None if is_found else tuple(dict.fromkeys(called))
        return self.called[function]


def _reached(steps: Steps) -> tuple[list[int], list[FunctionId]]:
    """Give the sites that steps open or enter, and the functions they call, in their order."""
    sites: list[int] = []
    functions: list[FunctionId] = []
    for step in _flat(steps):
        if isinstance(step, CallStep):
            sites += step.sites
            functions += step.functions
        else:
            sites.append(step.site)
    return sites, functions


def _flat(steps: Steps) -> Iterator[CallStep | SiteStep]:
    for step in steps.steps:
        if isinstance(step, CallStep):
            yield step
        elif isinstance(step, Choice):
            for branch in step.branches:
                yield from _flat(branch)
        else:
            if isinstance(step, SiteStep):
                yield step
            yield from _flat(step.body)
