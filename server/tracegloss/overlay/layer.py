"""What one trace says about each file, taken out of it once, in the texts it was laid on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from tracegloss.model.finding import Finding
from tracegloss.model.resolution import Confidence, Freshness, Resolved
from tracegloss.model.site import Place, Site, SiteKind, SpanName
from tracegloss.model.trace import Span, SpanStatus
from tracegloss.overlay.document import TextKey, key_of
from tracegloss.recorded import RecordedText
from tracegloss.trace_on_code import TraceOnCode

SiteName: TypeAlias = tuple[TextKey, SiteKind, str | None, tuple[SpanName, ...], int]


class Call(Struct, frozen=True, eq=False):
    """One span on its site."""

    on_code: TraceOnCode
    span: Span
    resolution: Resolved

    @property
    def failed(self) -> bool:
        """Tell whether the span ended with an error."""
        return self.span.status is SpanStatus.ERROR

    @property
    def is_root(self) -> bool:
        """Tell whether this call is where its trace begins."""
        return self.span.parent_id is None

    @property
    def trace_id(self) -> str:
        """The id of its trace."""
        return self.on_code.trace.info.trace_id


class Measures(Struct, frozen=True, eq=False):
    """What some calls add up to; `durations` are nanoseconds of those that ended well."""

    traces: int
    calls: int
    errors: int
    roots: int
    tokens: int
    durations: tuple[int, ...]


class SiteCalls(Struct, frozen=True, eq=False):
    """A site with the calls of one trace, in order of start, and what they add up to."""

    site: Site
    calls: tuple[Call, ...]
    measures: Measures


class FileLayer(Struct, frozen=True, eq=False):
    """One trace on one text: its sites, the calls in it that entered sites, its findings."""

    sites: Mapping[SiteName, SiteCalls]
    call_places: Mapping[Place, tuple[Call, ...]]
    findings: tuple[Finding, ...]


class SpanGroup(Struct, frozen=True):
    """The spans of one name on one site, by the first of them; `site` is `None` off the code."""

    name: RecordedText
    site: Site | None
    first: str
    number: int


class TraceLayer(Struct, frozen=True, eq=False):
    """Everything one trace says, by text; only what is exact or strong is on a line."""

    on_code: TraceOnCode
    files: Mapping[TextKey, FileLayer]
    names: tuple[SpanGroup, ...]

    def calls(self, name: SiteName) -> tuple[Call, ...]:
        """Return the calls of a site in this trace."""
        file = self.files.get(name[0])
        found = None if file is None else file.sites.get(name)
        return () if found is None else found.calls


def layer_of(on_code: TraceOnCode) -> TraceLayer:
    """Take out of a trace what it says about each text."""
    calls = list(_calls(on_code))
    sites = _by_site(calls)
    places: dict[Place, list[Call]] = {}
    for call in calls:
        if call.resolution.called_from is not None:
            places.setdefault(call.resolution.called_from, []).append(call)
    findings = [f for f in on_code.examination.findings if f.place is not None]
    keys = {name[0] for name in sites} | {key_of(place) for place in places}
    keys |= {key_of(f.place) for f in findings if f.place is not None}
    files = {
        key: FileLayer(
            {name: found for name, found in sites.items() if name[0] == key},
            {place: tuple(made) for place, made in places.items() if key_of(place) == key},
            tuple(f for f in findings if f.place is not None and key_of(f.place) == key),
        )
        for key in sorted(keys)
    }
    return TraceLayer(on_code, files, _names(on_code))


def site_name(site: Site) -> SiteName:
    """Name a site so that it is found again in other traces and on edited text.

    Statements of one function are told apart by how far they stand from its beginning; functions
    of one qualified name in one file by their order, where a trace called several of them.
    """
    began = site.function.line if site.function is not None else 0
    return key_of(site.at), site.kind, site.qualified_name, site.names, _offset(site, began)


def measures_of(calls: Sequence[Call]) -> Measures:
    """Add some calls up."""
    well = (call.span.duration_ns for call in calls if not call.failed)
    return Measures(
        traces=len({call.trace_id for call in calls}),
        calls=len(calls),
        errors=sum(call.failed for call in calls),
        roots=sum(call.is_root for call in calls),
        tokens=sum(_tokens(call.span) for call in calls),
        durations=tuple(taken for taken in well if taken is not None),
    )


def _tokens(span: Span) -> int:
    tokens = span.tokens
    if tokens is None:
        return 0
    return tokens.total if tokens.total is not None else (tokens.input or 0) + (tokens.output or 0)


def _offset(site: Site, began: int) -> int:
    """Return 0 for a whole function, for a statement its line counted from its function's name."""
    return 0 if site.kind == "decorated" else site.at.range.start.line - began


def _calls(on_code: TraceOnCode) -> Iterator[Call]:
    for span in on_code.trace.spans:
        resolution = on_code.correlation.resolutions.get(span.span_id)
        if not isinstance(resolution, Resolved) or resolution.confidence < Confidence.STRONG:
            continue
        since = on_code.since.get(span.span_id)
        if since is None or since.freshness is not Freshness.GONE:
            yield Call(on_code, span, resolution)


def _by_site(calls: list[Call]) -> dict[SiteName, SiteCalls]:
    """Group by site; spans share the objects of sites, which is cheaper than comparing them."""
    members: dict[int, list[Call]] = {}
    for call in calls:
        members.setdefault(id(call.resolution.site), []).append(call)
    named: dict[SiteName, SiteCalls] = {}
    for made in sorted(members.values(), key=lambda made: made[0].resolution.site.at.range):
        site = made[0].resolution.site
        name = site_name(site)
        while name in named and named[name].site != site:
            name = (*name[:4], name[4] - 1)
        before = named[name].calls if name in named else ()
        every = (*before, *made)
        named[name] = SiteCalls(site, every, measures_of(every))
    return named


def _names(on_code: TraceOnCode) -> tuple[SpanGroup, ...]:
    groups: dict[tuple[RecordedText, int], list[str]] = {}
    sites: dict[int, Site] = {}
    for span in on_code.trace.spans:
        resolution = on_code.correlation.resolutions.get(span.span_id)
        number = 0
        if isinstance(resolution, Resolved):
            number = id(resolution.site)
            sites[number] = resolution.site
        groups.setdefault((span.name, number), []).append(span.span_id)
    return tuple(
        SpanGroup(name, sites.get(number), span_ids[0], len(span_ids))
        for (name, number), span_ids in groups.items()
    )
