"""Span names taught in the settings: a pattern of names to `module:qualified.name`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracegloss.model.site import Site


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
