"""Sites in the form the store keeps them, and back."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from tracegloss.index.interpreter.values import Spot
from tracegloss.index.sites import FoundSite
from tracegloss.model.outcome import Shape
from tracegloss.model.site import (
    DynamicName,
    FunctionId,
    LiteralName,
    NamePattern,
    Place,
    Site,
    SiteKind,
    SpanName,
)
from tracegloss.syntax.facts import Extent
from tracegloss.text import TextRange


class KeptLiteral(msgspec.Struct, frozen=True, array_like=True, tag="l"):
    """A `LiteralName`."""

    name: LiteralName


class KeptPattern(msgspec.Struct, frozen=True, array_like=True, tag="p"):
    """A `NamePattern`."""

    name: NamePattern


class KeptDynamic(msgspec.Struct, frozen=True, array_like=True, tag="d"):
    """A `DynamicName`."""

    name: DynamicName


KeptName: TypeAlias = KeptLiteral | KeptPattern | KeptDynamic


class KeptSpot(msgspec.Struct, frozen=True, array_like=True):
    """A `Spot`."""

    path: str
    at: Extent


class KeptSite(msgspec.Struct, frozen=True, array_like=True):
    """A `FoundSite` with the members of its `Site`."""

    spot: KeptSpot
    below: tuple[KeptSpot, ...]
    runs: bool
    kind: SiteKind
    at: Place
    extent: TextRange
    names: tuple[KeptName, ...]
    qualified_name: str | None
    function: FunctionId | None
    function_name: str | None
    parameters: tuple[str, ...] | None
    variadic: tuple[str, ...]
    span_type: str | None
    attributes: tuple[tuple[str, str], ...]
    description: str | None
    block: TextRange | None
    secondary: Place | None
    is_generator: bool
    is_async: bool
    framework: str | None = None
    members: tuple[str, ...] = ()
    runs_built: tuple[str, ...] = ()
    given: tuple[Shape, ...] = ()


class KeptFile(msgspec.Struct, frozen=True, array_like=True):
    """The sites of one file, the files missed for them, its wrappers and their local names."""

    path: str
    sites: tuple[KeptSite, ...]
    missed: tuple[str, ...]
    local_markers: tuple[str, ...]
    wrappers: tuple[int, ...]


def keep_site(found: FoundSite) -> KeptSite:
    """Turn a site into its kept form."""
    site = found.site
    return KeptSite(
        spot=_keep_spot(found.spot),
        below=tuple(_keep_spot(spot) for spot in found.below),
        runs=found.runs,
        kind=site.kind,
        at=site.at,
        extent=site.extent,
        names=tuple(_keep_name(name) for name in site.names),
        qualified_name=site.qualified_name,
        function=site.function,
        function_name=site.function_name,
        parameters=site.parameters,
        variadic=site.variadic,
        span_type=site.span_type,
        attributes=site.attributes,
        description=site.description,
        block=site.block,
        secondary=site.secondary,
        is_generator=site.is_generator,
        is_async=site.is_async,
        framework=site.framework,
        members=site.members,
        runs_built=site.runs,
        given=site.given,
    )


def restore_site(kept: KeptSite) -> FoundSite:
    """Turn the kept form of a site into the site."""
    site = Site(
        kind=kept.kind,
        at=kept.at,
        extent=kept.extent,
        names=tuple(each.name for each in kept.names),
        qualified_name=kept.qualified_name,
        function=kept.function,
        function_name=kept.function_name,
        parameters=kept.parameters,
        variadic=kept.variadic,
        span_type=kept.span_type,
        attributes=kept.attributes,
        description=kept.description,
        block=kept.block,
        secondary=kept.secondary,
        is_generator=kept.is_generator,
        is_async=kept.is_async,
        framework=kept.framework,
        members=kept.members,
        runs=kept.runs_built,
        given=kept.given,
    )
    below = tuple(Spot(spot.path, spot.at) for spot in kept.below)
    return FoundSite(site, Spot(kept.spot.path, kept.spot.at), below, kept.runs)


def _keep_spot(spot: Spot) -> KeptSpot:
    return KeptSpot(spot.path, spot.at)


def _keep_name(name: SpanName) -> KeptName:
    match name:
        case LiteralName():
            return KeptLiteral(name)
        case NamePattern():
            return KeptPattern(name)
        case DynamicName():
            return KeptDynamic(name)
