"""The ids by which a JSON report refers to its own parts: `s0`, `e0`, `f0`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tracegloss.model.resolution import Ambiguous, Resolved, Unresolved
from tracegloss.model.site import Site
from tracegloss.report.marking import finding_order
from tracegloss.trace_on_code import TraceOnCode


class Numbering(Struct, frozen=True):
    """Sites in order of first use, exceptions as examined, findings in order of severity and time.

    `findings` maps a position in the examination to a position in the report.
    """

    sites: dict[Site, str]
    findings: dict[int, str]

    def site(self, site: Site | None) -> str | None:
        """Return the id of a site."""
        return None if site is None else self.sites[site]


def number_parts(on_code: TraceOnCode) -> Numbering:
    """Give every site and finding of a report its id."""
    sites: dict[Site, str] = {}
    for site in _sites(on_code):
        sites.setdefault(site, f"s{len(sites)}")
    order = finding_order(on_code)
    return Numbering(sites, {position: f"f{number}" for number, position in enumerate(order)})


def exception_id(position: int | None) -> str | None:
    """Return the id of an exception by its position in the examination."""
    return None if position is None else f"e{position}"


def _sites(on_code: TraceOnCode) -> Iterator[Site]:
    for span_id in on_code.tree.order:
        match on_code.correlation.resolutions[span_id]:
            case Resolved(site=site, alternatives=candidates):
                yield site
                yield from (candidate.site for candidate in candidates)
            case Ambiguous(candidates=candidates):
                yield from (candidate.site for candidate in candidates)
            case Unresolved():
                pass
    for finding in on_code.examination.findings:
        if finding.site is not None:
            yield finding.site
