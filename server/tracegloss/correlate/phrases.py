"""The words correlation uses for sites and places."""

from __future__ import annotations

from tracegloss.model.site import Site, spot


def site_title(site: Site) -> str:
    """Name a site the way a reader looks for it: its qualified name, else its line."""
    return site.qualified_name or spot(site.at)


def listed(names: list[str], most: int = 4) -> str:
    """Join names as prose does, the rest counted."""
    shown = list(dict.fromkeys(names))
    if len(shown) > most:
        return ", ".join(shown[:most]) + f" and {len(shown) - most} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])) if shown else ""
