"""Lays a trace on the code it ran on, and carries what came of it to the code as it is now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

from tracegloss.history.carried import Rebuilding
from tracegloss.history.code import Code
from tracegloss.history.functions import CarriedFunctions
from tracegloss.history.objects import Objects
from tracegloss.history.places import CarriedPlaces
from tracegloss.history.since import Since
from tracegloss.history.touched import Touches
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.model.freshness import FreshnessBasis, LineKey, SinceTrace
from tracegloss.model.resolution import (
    Ambiguous,
    Confidence,
    Correlation,
    Freshness,
    Resolution,
    Resolved,
    Unresolved,
)
from tracegloss.model.site import FunctionId, Place, Site
from tracegloss.model.trace import Trace
from tracegloss.text import LineIndex
from tracegloss.workspace.tree_code import TreeCode

_OPEN_REASONS = frozenset({"unknown", "dynamic", "gone", "other-repository"})
_NO_BASES: Mapping[str, FreshnessBasis] = MappingProxyType({})


class LaidOn(Struct, frozen=True):
    """A correlation in places of now, and what became of the code since.

    `index` has the functions of carried sites as they were in the run: what findings compare
    recorded values with. `texts` are those of places that are gone, by their key.
    """

    correlation: Correlation
    index: RepoIndex
    since: Mapping[str, SinceTrace] = field(default_factory=dict)
    texts: Mapping[str, LineIndex] = field(default_factory=dict)
    since_lines: Mapping[LineKey, SinceTrace] = field(default_factory=dict)


class Carrying(Struct, frozen=True, eq=False):
    """The code of a run and the code of now; `ran` and `head` are full ids of commits.

    `head` is `None` where HEAD has no commit yet.
    """

    then: TreeCode
    now: TreeCode
    objects: Objects
    ran: str
    head: str | None
    blob_then: Callable[[str], bytes | None]
    blob_now: Callable[[str], bytes | None]
    bases: Mapping[str, FreshnessBasis] = _NO_BASES

    def carry(self, trace: Trace, correlation: Correlation) -> LaidOn:
        """Carry a correlation with the code that ran."""
        then = Code(self.then.index.files, self.then.read, self.then.index, self.blob_then)
        now = Code(self.now.index.files, self.now.read, self.now.index, self.blob_now)
        places = CarriedPlaces(CarriedFunctions(then, now), self.then.index, self.now.index)
        since = Since(places, Touches(self.objects), self.ran, self.head, self.bases)
        carried = Rebuilding(since.place, since.site, places.function).rebuilt(correlation)
        ran = {
            span.span_id: (found.site, since.of(found.site, span))
            for span in trace.spans
            if isinstance(found := correlation.resolutions.get(span.span_id), Resolved)
        }
        functions = _functions_as_ran(correlation, carried, then)
        index = replace(self.now.index, functions=functions)
        return LaidOn(
            carried,
            index,
            {span_id: told for span_id, (_, told) in ran.items()},
            self._texts_of_the_run(then, carried, [told for _, told in ran.values()]),
            since.lines,
        )

    def _texts_of_the_run(
        self, then: Code, carried: Correlation, told: Sequence[SinceTrace]
    ) -> dict[str, LineIndex]:
        """Give the texts that places of the run lie in, by their key."""
        ran = [each.as_ran.at for each in told if each.as_ran is not None]
        gone = [place for place in _frame_places(carried) if "@" in place.repository]
        found: dict[str, LineIndex] = {}
        for place in (*ran, *gone):
            text = then.text(place)
            if text is not None:
                found[place.text_key] = text
        return found


def with_those_of_now(laid: LaidOn, ran: Correlation, now: Correlation, index: RepoIndex) -> LaidOn:
    """Take over, for spans that the code of the commit does not explain, what the code of now says.

    They may have run on edits that were not committed; so no such line is called exact, and nothing
    is said of what became of it. `index` is that of now.
    """
    resolutions: dict[str, Resolution] = dict(laid.correlation.resolutions)
    functions = dict(laid.index.functions)
    for span_id, found in now.resolutions.items():
        if isinstance(found, Resolved) and is_unexplained(ran.resolutions.get(span_id)):
            resolutions[span_id] = capped(found)
            function = found.site.function
            if function is not None and function in index.functions:
                functions.setdefault(function, index.functions[function])
    return replace(
        laid,
        correlation=replace(laid.correlation, resolutions=resolutions),
        index=replace(laid.index, functions=functions),
    )


def unchanged(
    correlation: Correlation, bases: Mapping[str, FreshnessBasis]
) -> dict[str, SinceTrace]:
    """Say of every resolved span that its function has the text it had."""
    identical: dict[FreshnessBasis, SinceTrace] = {}
    found: dict[str, SinceTrace] = {}
    for span_id, resolution in correlation.resolutions.items():
        if isinstance(resolution, Resolved):
            basis = bases.get(resolution.site.at.path, "commit")
            since = identical.setdefault(basis, SinceTrace(Freshness.IDENTICAL, basis=basis))
            found[span_id] = since
    return found


def n_resolved(correlation: Correlation) -> int:
    """Count the spans with a line."""
    return sum(isinstance(found, Resolved) for found in correlation.resolutions.values())


def is_unexplained(resolution: Resolution | None) -> bool:
    """Tell whether code that was not looked at might explain a span."""
    return resolution is None or (
        isinstance(resolution, Unresolved) and resolution.reason in _OPEN_REASONS
    )


def capped(resolution: Resolved) -> Resolved:
    """Call a line at most strong: it is not known that it is of the text that ran."""
    return replace(resolution, confidence=min(resolution.confidence, Confidence.STRONG))


def all_capped(correlation: Correlation) -> Correlation:
    """Call no line exact."""
    resolutions = {
        span_id: capped(found) if isinstance(found, Resolved) else found
        for span_id, found in correlation.resolutions.items()
    }
    return replace(correlation, resolutions=resolutions)


def _functions_as_ran(
    ran: Correlation, carried: Correlation, then: Code
) -> dict[FunctionId, FunctionEntry]:
    """Give the functions of carried sites, by their names of now, as they were in the run."""
    found: dict[FunctionId, FunctionEntry] = {}
    for span_id, resolution in ran.resolutions.items():
        for site, now in zip(_sites(resolution), _sites(carried.resolutions[span_id]), strict=True):
            if site.function is not None and now.function is not None and now.function not in found:
                entry = then.function(site.function)
                if entry is not None:
                    found[now.function] = entry
    return found


def _sites(resolution: Resolution) -> Iterator[Site]:
    match resolution:
        case Resolved(site=site):
            yield site
        case Ambiguous(candidates=candidates):
            yield from (candidate.site for candidate in candidates)
        case Unresolved():
            pass


def _frame_places(correlation: Correlation) -> Iterator[Place]:
    for exceptions in correlation.frames.values():
        for frame in (f for blocks in exceptions for frames in blocks for f in frames):
            if frame.place is not None:
                yield frame.place
