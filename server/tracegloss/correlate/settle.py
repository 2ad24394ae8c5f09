"""From standings to resolutions: who won, by how much, called from where, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from tracegloss.correlate import weights
from tracegloss.correlate.alignment import Match, Vector
from tracegloss.correlate.candidates import CandidateSet
from tracegloss.correlate.confidence import WITNESSES, Grounds, confidence_of
from tracegloss.correlate.evidence import opposes
from tracegloss.correlate.joint import Case, JointEvidence, Parent, is_contradicted, is_untold
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
    Unresolved,
)
from tracegloss.model.site import FRAMEWORK_KINDS, Place, Site
from tracegloss.recorded import Phrase, phrase

MOST_ALTERNATIVES = 6

_FREE = Match(matched=False, sure=False, called_from=frozenset())
_SIGNATURES = (
    frozenset({EvidenceKind.FUNCTION_NAME, EvidenceKind.PARAMETERS}),
    # Generators record no function name; their span name is the function's.
    frozenset({EvidenceKind.SPAN_NAME, EvidenceKind.PARAMETERS}),
)

_NAME_AND_NOTHING = 2
"""The reasons that a function without parameters has from its name alone."""

Won = tuple[int, Match]
"""A site of a best assignment, and how the parent's calls lead to it."""


class Settled(Struct, frozen=True):
    """A resolution, and the site number that children may rely on (`NOWHERE` for none)."""

    resolution: Resolution
    site: int
    confidence: Confidence
    called_from: Place | None = None


class Settler(Struct):
    """Settles spans from the top down; equal spans in equal circumstances are settled once."""

    index: RepoIndex
    joint: JointEvidence
    known: dict[tuple[object, ...], Settled] = field(default_factory=dict)

    def settle(
        self,
        shape: int,
        standing: Vector,
        parent: Parent | None,
        position: int,
        doubt: Phrase | None,
    ) -> Settled:
        """Settle one span; `position` is its place among the children of a parent with a site."""
        choices = self.joint.assignment.shapes[shape].choices
        case = Case(shape, self.joint.found[choices], parent, doubt)
        won = self._won(case, standing, position)
        key = (shape, standing, parent, won, doubt)
        settled = self.known.get(key)
        if settled is None:
            settled = self.known[key] = self._settled(case, standing, won)
        return settled

    def _settled(self, case: Case, standing: Vector, won: tuple[Won, ...]) -> Settled:
        behind = dict(zip(case.candidates.choices.sites, standing, strict=True))
        if not won:
            return _without_site(self._unresolved(case, self.joint.untold_in_reach(case)))
        if all(self._is_told_by_nothing(case, each) for each in won):
            untold = tuple(self.joint.sites[site] for site, _ in won)
            reason = self._unresolved(case, untold)
            # What runs below may still rely on the only call there is.
            site = won[0][0] if len(won) == 1 else weights.NOWHERE
            return Settled(reason, site, Confidence.WEAK)
        if len(won) > 1 and not self._on_one_line([site for site, _ in won]):
            return _without_site(self._ambiguous(case, won))
        if len(won) > 1:
            # Which of them is not told, so that nothing below may rely on it.
            return _without_site(self._resolved(case, won[0], behind).resolution)
        return self._resolved(case, won[0], behind)

    def _won(self, case: Case, standing: Vector, position: int) -> tuple[Won, ...]:
        """List the sites of best assignments, one a place, each with the calls that lead to it."""
        by_place: dict[Place, Won] = {}
        for site, lead in zip(case.candidates.choices.sites, standing, strict=True):
            if lead == 0 and site != weights.NOWHERE:
                match = self._match(case.parent, position, site)
                by_place.setdefault(self.joint.sites[site].at, (site, match))
        return tuple(by_place.values())

    def _match(self, parent: Parent | None, position: int, site: int) -> Match:
        if parent is None:
            return _FREE
        alignment = self.joint.assignment.alignment_of(parent.shape, parent.site)
        course = self.joint.assignment.courses[parent.shape, parent.site]
        return alignment.match(course, position, site)

    def _is_told_by_nothing(self, case: Case, won: Won) -> bool:
        """Tell whether one of several variable names in the parent's body is all there is."""
        site, match = won
        if not is_untold(self.joint.sites[site]) or case.candidates.features.function_name:
            return False
        evidence = self.joint.evidence(case, site, match)
        return {e.kind for e in evidence} <= {EvidenceKind.CALLED_BY, EvidenceKind.ORDER}

    def _unresolved(self, case: Case, untold: Sequence[Site]) -> Unresolved:
        joint = self.joint
        return unresolved(case.candidates, joint.sites, untold, joint.untold, case.doubt)

    def _ambiguous(self, case: Case, won: Sequence[Won]) -> Ambiguous:
        places = {place for _, match in won for place in match.called_from}
        called_from = next(iter(places)) if len(places) == 1 else None
        copies = self._are_equal_copies([site for site, _ in won])
        against = phrase("equal copy of the others") if copies else phrase("nothing tells it apart")
        tied = tuple(
            Candidate(self.joint.sites[site], self.joint.evidence(case, site, match), against)
            for site, match in won
        )
        shared = frozenset.intersection(*(frozenset(each.evidence) for each in tied))
        common = tuple(evidence for evidence in tied[0].evidence if evidence in shared)
        return Ambiguous(tied, common, called_from)

    def _on_one_line(self, sites: Sequence[int]) -> bool:
        """Tell whether tied sites are calls on one line, which is then the answer."""
        places = [self.joint.sites[site].at for site in sites]
        lines = {(place.path, place.cell, place.range.start.line) for place in places}
        return len(lines) == 1 and all(self.joint.sites[n].kind == "sdk-call" for n in sites)

    def _are_equal_copies(self, sites: Sequence[int]) -> bool:
        """Tell whether tied sites are the same code more than once."""
        functions = {self.joint.sites[site].function for site in sites}
        entries = [self.index.functions.get(f) for f in functions if f is not None]
        hashes = {None if entry is None else entry.text_hash for entry in entries}
        return len(entries) == len(sites) and len(hashes) == 1 and None not in hashes

    def _resolved(self, case: Case, won: Won, behind: Mapping[int, int]) -> Settled:
        site, match = won
        sites = self.joint.sites
        evidence = self.joint.evidence(case, site, match)
        rivals = [s for s in behind if s != weights.NOWHERE and sites[s].at != sites[site].at]
        grounds = self._grounds(case, won, evidence, rivals, behind)
        confidence = confidence_of(grounds)
        if case.doubt is not None and not grounds.pinned:
            evidence = (*evidence, opposes(EvidenceKind.MODULE, case.doubt))
        rivals.sort(key=lambda s: (-behind[s], s))
        alternatives = tuple(
            self.joint.alternative(case, rival) for rival in rivals[:MOST_ALTERNATIVES]
        )
        called_from = _called_from(case, match)
        resolution = Resolved(sites[site], confidence, evidence, alternatives, called_from)
        return Settled(resolution, site, confidence, called_from)

    def _grounds(
        self,
        case: Case,
        won: Won,
        evidence: tuple[Evidence, ...],
        rivals: Sequence[int],
        behind: Mapping[int, int],
    ) -> Grounds:
        site, match = won
        candidates, sites = case.candidates, self.joint.sites
        supporting = frozenset(e.kind for e in evidence if e.supports)
        equals = [s for s in (site, *rivals) if not is_contradicted(candidates, s)]
        by_framework = sites[site].kind in FRAMEWORK_KINDS
        only = len(equals) == 1 and not candidates.pruned and not by_framework
        known = case.parent is not None and case.parent.confidence >= Confidence.STRONG

        def lead(rival: int) -> int:
            guessed = self.joint.lead_by_guesses(case, rival) if rival in equals else 0
            return -behind[rival] - guessed

        return Grounds(
            supporting,
            frozenset(e.kind for e in evidence if not e.supports),
            pinned=_is_pinned(candidates, site),
            only_signature=only
            and any(each <= supporting for each in _SIGNATURES)
            and (bool(sites[site].parameters) or len(supporting & WITNESSES) > _NAME_AND_NOTHING),
            only_literal=only and EvidenceKind.SPAN_NAME in supporting,
            called_surely=known and match.sure,
            only_in_reach=not by_framework
            and match.sure
            and self.joint.only_in_reach(case, site, equals),
            gap=min(map(lead, rivals)) if rivals else None,
            doubtful=case.doubt is not None,
            untold=_is_nameless(self.joint.sites[site]),
            pruned=candidates.pruned,
        )


def _called_from(case: Case, match: Match) -> Place | None:
    """Give the one call that leads to a span; a block in its parent's body shares its parent's."""
    if match.called_from == {None} and case.parent is not None:
        return case.parent.called_from
    return next(iter(match.called_from)) if len(match.called_from) == 1 else None


def _without_site(resolution: Resolution) -> Settled:
    return Settled(resolution, weights.NOWHERE, Confidence.WEAK)


def _is_nameless(site: Site) -> bool:
    return is_untold(site) and site.function_name is None


def _is_pinned(candidates: CandidateSet, site: int) -> bool:
    pin = candidates.pin
    if pin is not None and pin.verified and site in pin.sites:
        return True
    return any(e.kind is EvidenceKind.TAUGHT for e in candidates.evidence[site])
