"""The words correlation uses for sites and places."""

from __future__ import annotations

from tracegloss.model.site import Place, Site


def site_title(site: Site) -> str:
    """Name a site the way a reader looks for it: its qualified name, else its line."""
    return site.qualified_name or spot(site.at)


def spot(place: Place) -> str:
    """Write a place as `path:line`, 1-based; in notebooks with the cell, from 0."""
    line = place.range.start.line + 1
    return f"{place.path}:{line}" if place.cell is None else f"{place.path}#{place.cell}:{line}"


def listed(names: list[str], most: int = 4) -> str:
    """Join names as prose does, the rest counted."""
    shown = list(dict.fromkeys(names))
    if len(shown) > most:
        return ", ".join(shown[:most]) + f" and {len(shown) - most} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])) if shown else ""
