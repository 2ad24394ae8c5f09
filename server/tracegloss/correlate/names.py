"""Lookup of sites by the names their spans carry: exact texts, function names, patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from msgspec import Struct

from tracegloss.model.site import (
    FRAMEWORK_KINDS,
    DynamicName,
    LiteralName,
    NamePattern,
    Place,
    Site,
    SiteKind,
    SpanName,
)

T = TypeVar("T")
PatternOfSite: TypeAlias = tuple[tuple[str, ...], int]

_SUFFIXED = re.compile(r"(?s)(.+)_([1-9][0-9]{0,6})")
_SHORTEST_ANCHOR = 1
_SHORTEST_OF_FRAMEWORKS = 3


class SiteNames(Struct, frozen=True):
    """Sites by number, looked up by what a span recorded.

    `by_first` and `by_last` file patterns under the first or last character of their fixed start or
    end, so that a name is compared with few of them; `unanchored` patterns start and end in holes.
    `wrappers` trace functions that the source does not name, such as all methods of a class.
    Sites whose spans frameworks make are apart: `framework` files them under kind and name,
    `of_kind` under their kind, `framework_patterns` those whose names are patterns, long enough.
    """

    by_function: Mapping[str, tuple[int, ...]]
    by_literal: Mapping[str, tuple[int, ...]]
    by_first: Mapping[str, tuple[PatternOfSite, ...]]
    by_last: Mapping[str, tuple[PatternOfSite, ...]]
    unanchored: tuple[PatternOfSite, ...]
    dynamic: tuple[int, ...]
    wrappers: tuple[int, ...]
    framework: Mapping[tuple[SiteKind, str], tuple[int, ...]] = {}
    of_kind: Mapping[SiteKind, tuple[int, ...]] = {}
    framework_patterns: Mapping[SiteKind, tuple[PatternOfSite, ...]] = {}


def site_names(sites: Sequence[Site]) -> SiteNames:
    """File every site under each name it may give its spans."""
    by_function: dict[str, list[int]] = {}
    by_literal: dict[str, list[int]] = {}
    by_first: dict[str, list[PatternOfSite]] = {}
    by_last: dict[str, list[PatternOfSite]] = {}
    unanchored: list[PatternOfSite] = []
    dynamic: list[int] = []
    framework, of_kind, patterns = _of_frameworks(sites)
    for number, site in enumerate(sites):
        if site.kind in FRAMEWORK_KINDS:
            continue
        if site.function_name is not None:
            by_function.setdefault(site.function_name, []).append(number)
        for name in site.names:
            match name:
                case LiteralName(text):
                    by_literal.setdefault(text, []).append(number)
                case NamePattern(pieces) if name.n_fixed >= _SHORTEST_ANCHOR:
                    entry = (pieces, number)
                    if pieces[0]:
                        by_first.setdefault(pieces[0][0], []).append(entry)
                    elif pieces[-1]:
                        by_last.setdefault(pieces[-1][-1], []).append(entry)
                    else:
                        unanchored.append(entry)
                case _:
                    dynamic.append(number)
    return SiteNames(
        _frozen(by_function),
        _frozen(by_literal),
        _frozen(by_first),
        _frozen(by_last),
        tuple(unanchored),
        tuple(dict.fromkeys(dynamic)),
        tuple(number for number, site in enumerate(sites) if wraps_unnamed(site)),
        framework,
        of_kind,
        patterns,
    )


def _of_frameworks(
    sites: Sequence[Site],
) -> tuple[
    Mapping[tuple[SiteKind, str], tuple[int, ...]],
    Mapping[SiteKind, tuple[int, ...]],
    Mapping[SiteKind, tuple[PatternOfSite, ...]],
]:
    """File the sites whose spans frameworks make, under kind and name and under their kind.

    A function that was handed over more than once, under one name, counts once.
    """
    framework: dict[tuple[SiteKind, str], dict[Place, int]] = {}
    of_kind: dict[SiteKind, dict[tuple[Place, tuple[SpanName, ...], str | None], int]] = {}
    patterns: dict[SiteKind, dict[tuple[tuple[str, ...], Place], int]] = {}
    for number, site in enumerate(sites):
        if site.kind not in FRAMEWORK_KINDS:
            continue
        told = (site.at, site.names, site.framework)
        of_kind.setdefault(site.kind, {}).setdefault(told, number)
        for own in site.names:
            if isinstance(own, LiteralName):
                framework.setdefault((site.kind, own.text), {}).setdefault(site.at, number)
            elif isinstance(own, NamePattern) and own.n_fixed >= _SHORTEST_OF_FRAMEWORKS:
                patterns.setdefault(site.kind, {}).setdefault((own.pieces, site.at), number)
    return (
        {key: tuple(numbers.values()) for key, numbers in framework.items()},
        {kind: tuple(numbers.values()) for kind, numbers in of_kind.items()},
        {
            kind: tuple((pieces, number) for (pieces, _), number in numbers.items())
            for kind, numbers in patterns.items()
        },
    )


def wraps_unnamed(site: Site) -> bool:
    """Tell whether a site traces functions that the source does not name."""
    if site.function_name is not None or site.kind != "wrapped":
        return False
    return not any(isinstance(name, LiteralName) for name in site.names)


def matching_patterns(names: SiteNames, name: str) -> tuple[int, ...]:
    """Find the sites one of whose name patterns fits a whole span name."""
    if not name:
        return ()
    entries = (
        *names.by_first.get(name[0], ()),
        *names.by_last.get(name[-1], ()),
        *names.unanchored,
    )
    return tuple(dict.fromkeys(number for pieces, number in entries if fits(pieces, name)))


def of_framework_pattern(names: SiteNames, kind: SiteKind, name: str) -> tuple[int, ...]:
    """Find the constructs of a kind one of whose name patterns fits a whole name."""
    entries = names.framework_patterns.get(kind, ())
    return tuple(dict.fromkeys(number for pieces, number in entries if fits(pieces, name)))


def fits(pieces: tuple[str, ...], name: str) -> bool:
    """Tell whether a name has these fixed pieces in order, from its start to its end.

    Linear in the name, whatever the number of holes.
    """
    if len(pieces) == 1:
        return name == pieces[0]
    reached, end = len(pieces[0]), len(name) - len(pieces[-1])
    if reached > end or not (name.startswith(pieces[0]) and name.endswith(pieces[-1])):
        return False
    for piece in pieces[1:-1]:
        found = name.find(piece, reached, end)
        if found < 0:
            return False
        reached = found + len(piece)
    return True


class NameFit(Struct, frozen=True):
    """How a span name fits a site's names: the fitting name, or why none does.

    `how` is `literal`, `pattern`, `dynamic` (the source does not tell), or `none`.
    """

    how: str
    name: SpanName | None


def fit_of(site: Site, text: str) -> NameFit:
    """Tell how a span name fits a site, the most telling of its names first."""
    pattern: SpanName | None = None
    dynamic: SpanName | None = None
    for name in site.names:
        match name:
            case LiteralName(literal):
                if literal == text:
                    return NameFit("literal", name)
            case NamePattern(pieces) if name.n_fixed >= _SHORTEST_ANCHOR:
                if fits(pieces, text):
                    pattern = name
            case NamePattern() | DynamicName():
                dynamic = name
    if pattern is not None:
        return NameFit("pattern", pattern)
    if dynamic is not None or not site.names:
        return NameFit("dynamic", dynamic)
    return NameFit("none", None)


def numbered_series(span_names: Iterable[str]) -> Mapping[str, str]:
    """Map names of a numbered series to their base: clients up to 3.5 append `_1`, `_2`, ...

    Only whole series count: a base with every number from 1 to at least 2, the base itself absent.
    """
    present = set(span_names)
    series: dict[str, set[int]] = {}
    for name in present:
        matched = _SUFFIXED.fullmatch(name)
        if matched:
            series.setdefault(matched[1], set()).add(int(matched[2]))
    return {
        f"{base}_{number}": base
        for base, numbers in series.items()
        if base not in present and len(numbers) >= 2 and max(numbers) == len(numbers)
        for number in numbers
    }


def _frozen(table: dict[str, list[T]]) -> Mapping[str, tuple[T, ...]]:
    return {key: tuple(dict.fromkeys(members)) for key, members in table.items()}
