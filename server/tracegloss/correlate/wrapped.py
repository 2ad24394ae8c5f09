"""Sites of `mlflow.trace(function)` shown where the function itself stands."""

from __future__ import annotations

from msgspec.structs import replace

from tracegloss.index.repo import RepoIndex
from tracegloss.model.site import Site


def shown_sites(index: RepoIndex, sites: tuple[Site, ...]) -> tuple[Site, ...]:
    """Place wrapped functions of this code at their definitions; the wrapping call is secondary.

    The span runs the function, and its frames lie there; where it was wrapped says little.
    """
    return tuple(_shown(site, index) if site.kind == "wrapped" else site for site in sites)


def _shown(site: Site, index: RepoIndex) -> Site:
    entry = None if site.function is None else index.functions.get(site.function)
    if entry is None or entry.kind != "function" or entry.at == site.at:
        return site
    secondary = site.secondary or site.at
    return replace(site, at=entry.at, extent=entry.extent.range, secondary=secondary)
