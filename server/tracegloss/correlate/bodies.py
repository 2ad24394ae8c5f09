"""The automaton of each site's body: the calls that can open spans while its own span is open."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from tracegloss.correlate import weights
from tracegloss.correlate.automaton import (
    NOTHING,
    Automaton,
    Slot,
    SlotEdge,
    automaton_of,
    unordered,
)
from tracegloss.correlate.leading import Leading
from tracegloss.index.repo import RepoIndex
from tracegloss.model.site import FunctionId, LiteralName, Place, Site, place_key
from tracegloss.model.steps import CallStep, Choice, Loop, SiteStep, Step, Steps, Unordered

_AROUND_FUNCTIONS = frozenset({"decorated", "wrapper-use", "wrapped"})


class SiteBodies(Struct):
    """Automata of bodies, made when first asked for; `relevant` sites may matter to the trace."""

    index: RepoIndex
    sites: tuple[Site, ...]
    relevant: frozenset[int] | None = None
    made: dict[tuple[int, bool], Automaton] = field(default_factory=dict)
    opened_at: dict[Place, int] = field(default_factory=dict)
    barren: dict[FunctionId, bool] = field(default_factory=dict)
    leading: Leading | None = None
    _around: dict[FunctionId, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note which sites are calls, not functions that calls enter."""
        self.leading = Leading(self.index.steps, self.relevant)
        self.opened_at = {
            site.at: number for number, site in enumerate(self.sites) if site.kind != "decorated"
        }
        for number, site in enumerate(self.sites):
            if site.function is not None and site.kind in _AROUND_FUNCTIONS:
                self._around.setdefault(site.function, []).append(number)

    def __call__(self, site: int, without_order: bool) -> Automaton:
        """Return the automaton of a site's body, or the one that forgets all order."""
        known = self.made.get((site, without_order))
        if known is None:
            known = unordered(self(site, False)) if without_order else self._built(site)
            self.made[site, without_order] = known
        return known

    def _built(self, number: int) -> Automaton:
        if number == weights.NOWHERE:
            return NOTHING
        site = self.sites[number]
        if site.kind in {"agent", "sdk-call"}:
            return self._members(number, site)
        if site.function is None:
            return NOTHING
        steps = self.index.steps.get(site.function)
        if steps is None:
            return NOTHING
        opened = tuple(dict.fromkeys(_opened_by(number, steps)))
        inside = Steps((Choice(opened, exclusive=True, whole=True),)) if opened[1:] else None
        inside = inside or next(iter(opened), None)
        if inside is not None and inside.steps:
            return self._automaton(inside, None)
        if inside is not None or (site.function_name is None and site.kind in {"context", "call"}):
            # A span started by hand and ended elsewhere: what runs meanwhile is not told.
            return unordered(self._automaton(steps, None))
        return self._automaton(self._through_layers(number, site.function, steps), site.function)

    def _through_layers(self, number: int, function: FunctionId, steps: Steps) -> Steps:
        """Let a span around a traced function open that function's own span, and that its body.

        Used elsewhere, a function is what its decorators left; stacked decorators stand at one
        place, where either may be the inner one.
        """
        others = [each for each in self._around.get(function, ()) if each != number]
        # Most functions have one site, and where a function stands is read from its file.
        entry = self.index.functions.get(function) if others else None
        if entry is None:
            return steps
        at = self.sites[number].at
        layers = tuple(each for each in others if self.sites[each].at == entry.at)
        if not layers:
            return steps
        if at == entry.at:
            inner = tuple(Steps((SiteStep(each, steps),)) for each in layers)
            return Steps((Choice((*inner, steps), exclusive=True, whole=True),))
        return steps if _is_within(at, entry.extent) else Steps((CallStep(at, layers),))

    def _members(self, own: int, site: Site) -> Automaton:
        """Let a graph or an agent open its nodes and tools, and what is its own doing."""
        around = self.sites if site.members else ()
        places = {
            other.at
            for other in around
            if other.kind in {"node", "tool", "agent"} and _is_member(other, site)
        }
        held = frozenset(n for n, other in enumerate(around) if places and other.at in places)
        slot = Slot(held | {own}, weights.CALLED, open=False, called_from=None)
        reach = slot.sites
        return Automaton(1, (slot,), (SlotEdge(0, 0, 0),), (), (), reach, not site.members)

    def _automaton(self, steps: Steps, entered: FunctionId | None) -> Automaton:
        return automaton_of(
            steps,
            self.index.steps,
            entered,
            self.opened_at,
            self.relevant,
            self.barren,
            self.leading,
        )


def _is_within(place: Place, extent: Place) -> bool:
    whole = extent.range
    return place.text_key == extent.text_key and whole.start <= place.range.start < whole.end


def _is_member(other: Site, site: Site) -> bool:
    """Tell whether a node or tool carries a member's name; nodes are given in the same file."""
    given = other.at if other.secondary is None else other.secondary
    if other.kind == "agent" and place_key(other.at) in site.members:
        return True
    if other.kind == "tool" and other.members:
        return not set(other.members).isdisjoint(site.members)
    if other.kind == "node" and given.path != site.at.path:
        return False
    if (other.qualified_name or "").rpartition(".")[2] in site.members:
        return True
    return any(isinstance(n, LiteralName) and n.text in site.members for n in other.names)


def _opened_by(site: int, steps: Steps) -> Iterator[Steps]:
    """Find the steps inside the block that a site opens within a function's body."""
    for step in steps.steps:
        if isinstance(step, SiteStep) and step.site == site:
            yield step.body
        for inner in _inner(step):
            yield from _opened_by(site, inner)


def _inner(step: Step) -> tuple[Steps, ...]:
    match step:
        case CallStep():
            return ()
        case SiteStep(_, body) | Loop(body) | Unordered(body):
            return (body,)
        case Choice(branches):
            return branches
