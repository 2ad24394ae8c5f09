"""The figures of a day by site: those of names that all loaded spans have from one site alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from tracegloss.model.last_day import DayFigures, LastDay
from tracegloss.overlay.annotation import CALLS_FOR_P50, CALLS_FOR_P95
from tracegloss.overlay.layer import SiteName, TraceLayer, site_name
from tracegloss.recorded import RecordedText

_NOTHING: LastDay = {}


class SiteDays(Struct, frozen=True, eq=False):
    """Figures by site, and what they were made from, for the next snapshot to take over."""

    by_site: Mapping[SiteName, DayFigures] = field(default_factory=dict)
    made_from: LastDay = _NOTHING
    layers: tuple[TraceLayer, ...] = ()

    def of(self, names: Iterable[SiteName]) -> DayFigures | None:
        """Return the figures of a site by its names in the loaded traces, if it has any."""
        return next((self.by_site[name] for name in names if name in self.by_site), None)


def days_of(last_day: LastDay, layers: tuple[TraceLayer, ...], before: SiteDays) -> SiteDays:
    """Give sites the figures of their spans' name, where name and site belong to each other alone.

    A name that also spans on another site have, or spans that are on no line, says nothing of one
    site; nor does one of several names of a site say how often that was called.
    """
    if before.made_from is last_day and _same(before.layers, layers):
        return before
    sites: dict[RecordedText, set[SiteName | None]] = {}
    names: dict[SiteName, set[RecordedText]] = {}
    for group in (group for layer in layers for group in layer.names) if last_day else ():
        site = None if group.site is None else site_name(group.site)
        sites.setdefault(group.name, set()).add(site)
        if site is not None:
            names.setdefault(site, set()).add(group.name)
    by_site = {
        site: _telling(last_day[name])
        for site, (name, *others) in ((site, tuple(given)) for site, given in names.items())
        if not others and sites[name] == {site} and name in last_day
    }
    return SiteDays(by_site, last_day, layers)


def _telling(figures: DayFigures) -> DayFigures:
    """Leave out percentiles of too few calls."""
    p50 = figures.p50_ns if figures.timed >= CALLS_FOR_P50 else None
    p95 = figures.p95_ns if figures.timed >= CALLS_FOR_P95 else None
    return replace(figures, p50_ns=p50, p95_ns=p95)


def _same(one: Sequence[TraceLayer], other: Sequence[TraceLayer]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
