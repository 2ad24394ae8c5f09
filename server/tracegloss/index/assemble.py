"""The sites of all indexed files put together: creations inside wrappers give way to their uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from tracegloss.index.frameworks.sites import framework_sites
from tracegloss.index.implicit import implicit_sites
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.values import Spot
from tracegloss.index.places import place_of
from tracegloss.index.sites import FoundSite, find_sites
from tracegloss.model.site import Site


class Assembled(Struct, frozen=True):
    """All sites in order of file and place, and their numbers by the token they are known by."""

    found: tuple[FoundSite, ...]
    numbers: Mapping[Spot, tuple[int, ...]]

    @property
    def sites(self) -> tuple[Site, ...]:
        """The sites themselves."""
        return tuple(each.site for each in self.found)


def sites_of_file(interpreter: Interpreter, path: str) -> tuple[FoundSite, ...]:
    """Find what may be a site in one indexed file; some make way once all files are known."""
    scopes = interpreter.scopes(path)
    if scopes is None:
        return ()
    return (
        *find_sites(interpreter, path),
        *implicit_sites(interpreter, scopes, path),
        *framework_sites(interpreter, scopes, path),
    )


def assemble(interpreter: Interpreter, candidates: Iterable[FoundSite]) -> Assembled:
    """Put the sites of all files together."""
    every: dict[tuple[object, ...], FoundSite] = {}
    for found in candidates:
        site = found.site
        every.setdefault((found.spot, site.at, site.names, site.function, site.framework), found)
    below = {spot for found in every.values() for spot in found.below}
    taken = {
        found.site.function
        for found in every.values()
        if found.site.kind in {"decorated", "wrapper-use"} and _at_definition(found)
    }
    kept = [
        _with_secondary(interpreter, found)
        for found in every.values()
        if found.spot not in below
        and not (found.site.kind == "handler" and found.site.function in taken)
    ]
    kept.sort(key=lambda f: (f.site.at.path, f.site.at.cell or 0, f.site.at.range))
    return Assembled(tuple(kept), _numbers(kept))


def _at_definition(found: FoundSite) -> bool:
    site = found.site
    return site.function is not None and site.function.qualified_name == site.qualified_name


def _with_secondary(interpreter: Interpreter, found: FoundSite) -> FoundSite:
    if not found.below:
        return found
    created = found.below[0]
    scopes = interpreter.scopes(created.path)
    if scopes is None:
        return found
    place = place_of(scopes.facts, created.path, created.at)
    return replace(found, site=replace(found.site, secondary=place))


def _numbers(found: list[FoundSite]) -> dict[Spot, tuple[int, ...]]:
    numbers: dict[Spot, tuple[int, ...]] = {}
    for number, each in enumerate(found):
        numbers[each.spot] = (*numbers.get(each.spot, ()), number)
    return numbers
