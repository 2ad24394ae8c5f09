"""Span names taught in the settings: a pattern of names to `module:qualified.name`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tracegloss.index.repo import RepoIndex
from tracegloss.model.settings import Settings
from tracegloss.model.site import Site
from tracegloss.model.trace import Problem
from tracegloss.recorded import phrase


def taught_files(names: Mapping[str, str], files: frozenset[str]) -> frozenset[str]:
    """List the files that taught symbols may lie in, whether or not anything there traces."""
    modules = {symbol.partition(":")[0] for symbol in names.values()}
    return frozenset(path for path in files for module in modules if is_module(path, module))


def sites_of_taught(names: Mapping[str, str], index: RepoIndex) -> tuple[Site, ...]:
    """Make sites of taught functions and classes that make no spans as far as the index tells."""
    known = {(site.at.path, site.qualified_name) for site in index.sites}
    made: dict[Site, None] = {}
    for symbol in names.values():
        module, _, qualified_name = symbol.partition(":")
        for path in taught_files({"": symbol}, index.indexed) if module else ():
            for function in index.functions_in(path):
                if (
                    function.qualified_name == qualified_name
                    and (path, qualified_name) not in known
                ):
                    entry = index.functions[function]
                    extent = entry.extent.range
                    made[Site("call", entry.at, extent, (), qualified_name, function)] = None
    return tuple(made)


def taught_sites(names: Mapping[str, str], sites: Sequence[Site]) -> Mapping[str, tuple[int, ...]]:
    """Find the sites each taught symbol means; symbols without a site are left out."""
    taught: dict[str, tuple[int, ...]] = {}
    for pattern, symbol in names.items():
        module, _, qualified_name = symbol.partition(":")
        numbers = tuple(
            number
            for number, site in enumerate(sites)
            if site.qualified_name == qualified_name and is_module(site.at.path, module)
        )
        if numbers:
            taught[pattern] = numbers
    return taught


def is_module(path: str, module: str) -> bool:
    """Tell whether a file may be imported as a dotted module, whatever folder is its root."""
    stem = path.rpartition(".")[0].removesuffix("/__init__")
    dotted = stem.replace("/", ".")
    return bool(module) and (dotted == module or dotted.endswith("." + module))


def untaught(settings: Settings, index: RepoIndex) -> Iterator[Problem]:
    """Name the taught symbols that mean no definition: they would teach nothing, in silence."""
    if not settings.names:
        return
    sites = (*index.sites, *sites_of_taught(settings.names, index))
    taught = taught_sites(settings.names, sites)
    for pattern, symbol in settings.names.items():
        unread = taught_files({pattern: symbol}, index.files) - index.indexed
        if pattern not in taught and not unread:
            words = "[tool.tracegloss] names: {symbol} is not known; {pattern} is not taught"
            told = phrase(words, symbol=symbol, pattern=pattern)
            yield Problem("setting", told, path="pyproject.toml")
