"""From standings to resolutions: who won, by how much, called from where, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tracegloss.correlate import weights
from tracegloss.correlate.alignment import Match, Vector
from tracegloss.correlate.assign import Assignment
from tracegloss.correlate.bodies import SiteBodies
from tracegloss.correlate.candidates import CandidateSet
from tracegloss.correlate.confidence import Grounds, confidence_of
from tracegloss.correlate.evidence import closed, opposes, supports
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.phrases import listed, site_title, spot
from tracegloss.correlate.reasons import unresolved
from tracegloss.index.repo import RepoIndex
from tracegloss.model.resolution import (
    Ambiguous,
    Candidate,
    Confidence,
    Evidence,
    EvidenceKind,
    Resolution,
    Resolved,
)
from tracegloss.model.site import DynamicName, NamePattern, Place, Site
from tracegloss.recorded import Phrase, phrase

MOST_ALTERNATIVES = 6
_FREE = Match(matched=False, sure=False, called_from=frozenset())


class Parent(NamedTuple):
    """What is known of a span's parent when the span is settled: its shape, site and confidence."""

    shape: int
    site: int
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Settled:
    """A resolution, and the site number that children may rely on (`NOWHERE` for none)."""

    resolution: Resolution
    site: int
    confidence: Confidence


@dataclass(slots=True)
class Settler:
    """Settles spans from the top down; equal spans in equal circumstances are settled once."""

    index: RepoIndex
    sites: tuple[Site, ...]
    names: SiteNames
    bodies: SiteBodies
    assignment: Assignment
    found: Sequence[CandidateSet]
    known: dict[tuple[object, ...], Settled] = field(default_factory=dict)

    def settle(
        self,
        shape: int,
        standing: Vector,
        parent: Parent | None,
        position: int,
        doubt: Phrase | None,
    ) -> Settled:
        """Settle one span; `position` is its place among its parent's children."""
        around = (-1, -1)
        if parent is not None and parent.site != weights.NOWHERE:
            course = self.assignment.courses[parent.shape, parent.site]
            around = (course.forward[position], course.backward[position + 1])
        key = (shape, standing, parent, around, doubt)
        settled = self.known.get(key)
        if settled is None:
            matches = self._matches(shape, standing, parent, position)
            settled = self.known[key] = self._settled(shape, standing, parent, matches, doubt)
        return settled

    def _matches(
        self, shape: int, standing: Vector, parent: Parent | None, position: int
    ) -> tuple[tuple[int, Match], ...]:
        """Tell, for every site of a best assignment, which calls of the parent's site it takes."""
        candidates = self.found[self.assignment.shapes[shape].choices]
        best = [
            site
            for site, behind in zip(candidates.choices.sites, standing, strict=True)
            if behind == 0 and site != weights.NOWHERE
        ]
        if parent is None or parent.site == weights.NOWHERE:
            return tuple((site, _FREE) for site in best)
        alignment = self.assignment.alignment_of(parent.shape, parent.site)
        course = self.assignment.courses[parent.shape, parent.site]
        return tuple((site, alignment.match(course, position, site)) for site in best)

    def _settled(
        self,
        shape: int,
        standing: Vector,
        parent: Parent | None,
        matches: tuple[tuple[int, Match], ...],
        doubt: Phrase | None,
    ) -> Settled:
        candidates = self.found[self.assignment.shapes[shape].choices]
        behind = dict(zip(candidates.choices.sites, standing, strict=True))
        if not matches:
            reason = unresolved(candidates, self.sites, self._reached(parent), doubt)
            return Settled(reason, weights.NOWHERE, Confidence.WEAK)
        tied = _at_distinct_places(matches, self.sites)
        if all(self._is_told_by_exclusion(shape, candidates, parent, each) for each in tied):
            reason = unresolved(candidates, self.sites, [self.sites[s] for s, _ in tied], doubt)
            return Settled(
                reason, tied[0][0] if len(tied) == 1 else weights.NOWHERE, Confidence.WEAK
            )
        if len(tied) > 1:
            return Settled(
                self._ambiguous(shape, candidates, parent, tied), weights.NOWHERE, Confidence.WEAK
            )
        return self._resolved(shape, candidates, parent, tied[0], behind, doubt)

    def _is_told_by_exclusion(
        self,
        shape: int,
        candidates: CandidateSet,
        parent: Parent | None,
        won: tuple[int, Match],
    ) -> bool:
        """Tell whether a variable name in the parent's body is all there is to a site."""
        site, match = won
        if not is_untold(self.sites[site]) or candidates.features.function_name is not None:
            return False
        evidence = self._evidence(shape, candidates, parent, site, match)
        return {e.kind for e in evidence} <= {EvidenceKind.CALLED_BY, EvidenceKind.ORDER}

    def _reached(self, parent: Parent | None) -> tuple[Site, ...]:
        """List the sites with untold names that the parent's body can open."""
        if parent is None or parent.site == weights.NOWHERE:
            return ()
        reach = self.bodies(parent.site, False).reach
        return tuple(self.sites[n] for n in sorted(reach) if is_untold(self.sites[n]))

    def _ambiguous(
        self,
        shape: int,
        candidates: CandidateSet,
        parent: Parent | None,
        tied: list[tuple[int, Match]],
    ) -> Ambiguous:
        places = {place for _, match in tied for place in match.called_from}
        called_from = next(iter(places)) if len(places) == 1 else None
        copies = self._equal_copies([site for site, _ in tied])
        against = phrase("equal copy of the others") if copies else phrase("nothing tells it apart")
        listing = tuple(
            Candidate(
                self.sites[site], self._evidence(shape, candidates, parent, site, match), against
            )
            for site, match in tied
        )
        shared = frozenset.intersection(*(frozenset(c.evidence) for c in listing))
        common = tuple(e for e in listing[0].evidence if e in shared)
        return Ambiguous(listing, common, called_from)

    def _equal_copies(self, sites: Sequence[int]) -> bool:
        """Tell whether tied sites are the same code more than once."""
        functions = [self.sites[site].function for site in sites]
        entries = [self.index.functions.get(f) for f in functions if f is not None]
        hashes = {entry.text_hash for entry in entries if entry is not None}
        return len(hashes) == 1 and len(entries) == len(sites) and len(set(functions)) > 1

    def _resolved(
        self,
        shape: int,
        candidates: CandidateSet,
        parent: Parent | None,
        won: tuple[int, Match],
        behind: Mapping[int, int],
        doubt: Phrase | None,
    ) -> Settled:
        site, match = won
        evidence = self._evidence(shape, candidates, parent, site, match)
        rivals = [s for s in behind if s not in {site, weights.NOWHERE}]
        rivals = [s for s in rivals if self.sites[s].at != self.sites[site].at]
        grounds = self._grounds(candidates, parent, won, evidence, behind, rivals, doubt)
        confidence = confidence_of(grounds)
        if doubt is not None and not grounds.pinned:
            evidence = (*evidence, opposes(EvidenceKind.MODULE, doubt))
        rivals.sort(key=lambda s: (-behind[s], s))
        alternatives = tuple(
            self._alternative(shape, candidates, parent, rival)
            for rival in rivals[:MOST_ALTERNATIVES]
        )
        called_from = next(iter(match.called_from)) if len(match.called_from) == 1 else None
        resolution = Resolved(self.sites[site], confidence, evidence, alternatives, called_from)
        return Settled(resolution, site, confidence)

    def _grounds(
        self,
        candidates: CandidateSet,
        parent: Parent | None,
        won: tuple[int, Match],
        evidence: tuple[Evidence, ...],
        behind: Mapping[int, int],
        rivals: Sequence[int],
        doubt: Phrase | None,
    ) -> Grounds:
        site, match = won
        supporting = frozenset(e.kind for e in evidence if e.supports)
        opposing = frozenset(e.kind for e in evidence if not e.supports)
        equals = [s for s in (site, *rivals) if not _spoken_against(candidates, s)]
        named = {EvidenceKind.FUNCTION_NAME, EvidenceKind.PARAMETERS}
        generator = {EvidenceKind.SPAN_NAME, EvidenceKind.PARAMETERS}
        parent_known = parent is not None and parent.confidence >= Confidence.STRONG
        only = len(equals) == 1 and not candidates.pruned
        return Grounds(
            supporting,
            opposing,
            pinned=_is_pinned(candidates, site),
            only_signature=only and (named <= supporting or generator <= supporting),
            only_literal=only and EvidenceKind.SPAN_NAME in supporting,
            called_surely=parent_known and match.sure,
            only_in_reach=match.sure and self._only_in_reach(parent, site, equals),
            gap=-max(behind[s] for s in rivals) if rivals else None,
            doubtful=doubt is not None,
            untold=is_untold(self.sites[site]) and self.sites[site].function_name is None,
            pruned=candidates.pruned,
        )

    def _only_in_reach(self, parent: Parent | None, site: int, equals: Sequence[int]) -> bool:
        if parent is None or parent.site == weights.NOWHERE:
            return False
        if parent.confidence is not Confidence.EXACT:
            return False
        body = self.bodies(parent.site, False)
        return not body.has_open and not any(s in body.reach for s in equals if s != site)

    def _evidence(
        self,
        shape: int,
        candidates: CandidateSet,
        parent: Parent | None,
        site: int,
        match: Match,
    ) -> tuple[Evidence, ...]:
        found = list(candidates.evidence[site])
        if match.matched and parent is not None:
            found.append(self._called_by(parent, match))
            if self._order_mattered(candidates, parent, site):
                found.append(supports(EvidenceKind.ORDER, phrase("order of the calls")))
        found.extend(e for e in self._calls(shape, site) if e.supports)
        return tuple(found)

    def _called_by(self, parent: Parent, match: Match) -> Evidence:
        caller = self.sites[parent.site]
        detail = phrase(
            "called by {title} ({spot})" if match.sure else "may be called by {title} ({spot})",
            title=site_title(caller),
            spot=spot(caller.at),
        )
        return supports(EvidenceKind.CALLED_BY, detail)

    def _order_mattered(self, candidates: CandidateSet, parent: Parent, site: int) -> bool:
        reach = self.bodies(parent.site, False).reach
        others = set(candidates.choices.sites) - {site, weights.NOWHERE}
        if self.assignment.shapes[parent.shape].overlapping:
            return False
        return any(o in reach and not _spoken_against(candidates, o) for o in others)

    def _calls(self, shape: int, site: int) -> tuple[Evidence, ...]:
        """Say whether the spans below are reachable from a site."""
        names, reached = self._children(shape, site)
        if not names:
            return ()
        if not reached:
            if self.bodies(site, False).has_open:
                return ()
            detail = phrase("calls none of {children}", children=closed(listed(names)))
            return (opposes(EvidenceKind.CALLS, detail),)
        word = "children" if len(set(reached)) > 1 else "child"
        tail = (
            "reachable from it"
            if len(reached) == len(names) or len(set(reached)) == 1
            else ("reachable from it, others are not")
        )
        middle = (
            " are all "
            if word == "children" and len(reached) == len(names)
            else (" are " if word == "children" else " is ")
        )
        detail = phrase("{word} {children}", word=word, children=closed(listed(reached)))
        return (supports(EvidenceKind.CALLS, detail + phrase(middle + tail)),)

    def _children(self, shape: int, site: int) -> tuple[list[str], list[str]]:
        """Name the children that have candidates, and those of them that a site reaches."""
        reach = self.bodies(site, False).reach
        names: dict[str, bool] = {}
        for child in dict.fromkeys(self.assignment.shapes[shape].children):
            candidates = self.found[self.assignment.shapes[child].choices]
            sites = {s for s in candidates.choices.sites if s != weights.NOWHERE}
            told = {s for s in sites if not is_untold(self.sites[s])}
            if told:
                name = candidates.title
                names[name] = names.get(name, False) or not reach.isdisjoint(told)
        return list(names), [name for name, is_reached in names.items() if is_reached]

    def _alternative(
        self, shape: int, candidates: CandidateSet, parent: Parent | None, rival: int
    ) -> Candidate:
        evidence = list(candidates.evidence[rival])
        evidence.extend(self._calls(shape, rival))
        if parent is not None and parent.site != weights.NOWHERE:
            reach = self.bodies(parent.site, False).reach
            if rival not in reach:
                title = site_title(self.sites[parent.site])
                detail = phrase("not reachable from {title}", title=title)
                evidence.append(opposes(EvidenceKind.CALLED_BY, detail))
        against = [e.detail for e in evidence if not e.supports]
        said = against[0] if against else phrase("fits the order of the calls less well")
        for more in against[1:3]:
            said += phrase(" · ") + more
        return Candidate(self.sites[rival], tuple(evidence), said)


def is_untold(site: Site) -> bool:
    """Tell whether the source leaves the names of a site's spans open."""
    return not site.names or all(
        isinstance(name, DynamicName) or (isinstance(name, NamePattern) and not name.n_fixed)
        for name in site.names
    )


def _spoken_against(candidates: CandidateSet, site: int) -> bool:
    telling = {EvidenceKind.PARAMETERS, EvidenceKind.SPAN_NAME, EvidenceKind.STACK_FRAME}
    return any(not e.supports and e.kind in telling for e in candidates.evidence[site])


def _is_pinned(candidates: CandidateSet, site: int) -> bool:
    if candidates.pin is not None and candidates.pin.verified and site in candidates.pin.sites:
        return True
    return any(e.kind is EvidenceKind.TAUGHT for e in candidates.evidence[site])


def _at_distinct_places(
    matches: Sequence[tuple[int, Match]], sites: Sequence[Site]
) -> list[tuple[int, Match]]:
    """Keep one site a place: a construct that is indexed twice is no ambiguity."""
    by_place: dict[Place, tuple[int, Match]] = {}
    for site, match in matches:
        by_place.setdefault(sites[site].at, (site, match))
    return list(by_place.values())
