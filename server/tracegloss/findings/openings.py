"""The names of the spans that a function's body may open, itself or in what it calls."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.index.repo import RepoIndex
from tracegloss.model.site import FunctionId, LiteralName
from tracegloss.model.steps import CallStep, Choice, SiteStep, Steps

_DEEPEST = 6
_MOST_FUNCTIONS = 200


def names_opened(index: RepoIndex, function: FunctionId) -> frozenset[str]:
    """Collect the literal names of the sites that a function calls or opens; helpers are followed.

    What a traced function does in turn is its own.
    """
    found: set[str] = set()
    seen: set[FunctionId] = set()
    waiting = [(function, 0)]
    while waiting and len(seen) < _MOST_FUNCTIONS:
        current, depth = waiting.pop()
        if current in seen or depth > _DEEPEST:
            continue
        seen.add(current)
        for sites, functions in _entered(index.steps.get(current) or Steps()):
            for number in sites:
                names = index.sites[number].names
                found.update(name.text for name in names if isinstance(name, LiteralName))
            waiting += [(each, depth + 1) for each in functions]
    return frozenset(found)


def _entered(steps: Steps) -> Iterator[tuple[tuple[int, ...], tuple[FunctionId, ...]]]:
    for step in steps.steps:
        match step:
            case CallStep(sites=sites, functions=functions):
                yield sites, functions
            case SiteStep(site=site, body=body):
                yield (site,), ()
                yield from _entered(body)
            case Choice(branches=branches):
                for branch in branches:
                    yield from _entered(branch)
            case _:
                yield from _entered(step.body)
