"""Which span names only one site of an index can give: what is counted by name is counted of it."""

from __future__ import annotations

from collections.abc import Sequence

from tracegloss.correlate.names import SiteNames, matching_patterns, site_names
from tracegloss.model.last_day import LastDay
from tracegloss.model.site import FRAMEWORK_KINDS, Place, Site
from tracegloss.reveal import reveal


def of_one_site(last_day: LastDay, sites: Sequence[Site]) -> LastDay:
    """Keep the names that at most one place of the code gives its spans, by text or pattern.

    Sites whose names the source does not tell may give any; those do not count.
    """
    names = site_names(sites)
    return {
        name: figures
        for name, figures in last_day.items()
        if len(_places(sites, names, reveal(name))) <= 1
    }


def _places(sites: Sequence[Site], names: SiteNames, text: str) -> frozenset[Place]:
    numbers = [*names.by_literal.get(text, ()), *matching_patterns(names, text)]
    for kind in FRAMEWORK_KINDS:
        numbers += names.framework.get((kind, text), ())
    return frozenset(sites[number].at for number in numbers)
