"""What the tree says for and against a site: who calls it, whom it calls, in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from tracegloss.correlate import weights
from tracegloss.correlate.alignment import Match
from tracegloss.correlate.assign import Assignment
from tracegloss.correlate.automaton import Automaton
from tracegloss.correlate.bodies import SiteBodies
from tracegloss.correlate.candidates import CandidateSet
from tracegloss.correlate.evidence import closed, opposes, supports
from tracegloss.correlate.phrases import listed, site_title
from tracegloss.model.resolution import Candidate, Confidence, Evidence, EvidenceKind
from tracegloss.model.site import (
    FRAMEWORK_KINDS,
    DynamicName,
    NamePattern,
    Place,
    Site,
    spot,
)
from tracegloss.recorded import Phrase, phrase

_TELLING = frozenset({EvidenceKind.PARAMETERS, EvidenceKind.SPAN_NAME, EvidenceKind.STACK_FRAME})


class Parent(NamedTuple):
    """What is known of a span's parent when the span is settled."""

    shape: int
    site: int
    confidence: Confidence
    called_from: Place | None


class Case(Struct, frozen=True):
    """A span to settle: its shape, its candidates, its parent when that has a site, and doubts."""

    shape: int
    candidates: CandidateSet
    parent: Parent | None
    doubt: Phrase | None


class JointEvidence(Struct, frozen=True):
    """Reads evidence off the assignment and the bodies of sites."""

    sites: Sequence[Site]
    bodies: SiteBodies
    assignment: Assignment
    found: Sequence[CandidateSet]
    untold: frozenset[int]
    children: dict[tuple[int, int], tuple[Evidence, ...]] = field(default_factory=dict)
    guesses: dict[int, Mapping[int, int]] = field(default_factory=dict)

    def evidence(self, case: Case, site: int, match: Match) -> tuple[Evidence, ...]:
        """List everything that speaks for a site, and what its own record has against it."""
        found = list(case.candidates.evidence[site])
        if match.matched and case.parent is not None:
            found.append(self._called_by(case.parent, match))
            if self._order_decided(case, case.parent, site):
                found.append(supports(EvidenceKind.ORDER, phrase("order of the calls")))
            if self._is_only_untold(case, site):
                title = site_title(self.sites[case.parent.site])
                said = phrase("the only call in {title} whose span name is variable", title=title)
                found.append(supports(EvidenceKind.EXCLUSION, said))
        elif case.parent is not None and self._is_out_of_reach(case.parent, site):
            title = site_title(self.sites[case.parent.site])
            said = phrase("{title} calls no such function", title=title)
            found.append(opposes(EvidenceKind.CALLED_BY, said))
        found.extend(e for e in self._calls(case.shape, site) if e.supports)
        return tuple(found)

    def _is_out_of_reach(self, parent: Parent, site: int) -> bool:
        """Tell whether all that a parent can call is known, and a function is none of it.

        Python itself calls special methods, and whoever reads a generator runs within its span.
        """
        above, own = self.sites[parent.site], self.sites[site]
        if parent.confidence is not Confidence.EXACT or above.is_generator:
            return False
        if own.kind != "decorated" or (own.function_name or "__").startswith("__"):
            return False
        body = self.body(parent.site)
        return not (body.has_open or body.truncated or site in body.reach)

    def alternative(self, case: Case, rival: int) -> Candidate:
        """Describe a runner-up with what speaks against it."""
        evidence = [*case.candidates.evidence[rival], *self._calls(case.shape, rival)]
        parent = case.parent
        if parent is not None and rival not in self.body(parent.site).reach:
            detail = phrase("not reachable from {title}", title=site_title(self.sites[parent.site]))
            evidence.append(opposes(EvidenceKind.CALLED_BY, detail))
        against = [e.detail for e in evidence if not e.supports]
        said = against[0] if against else phrase("fits the order of the calls less well")
        for more in against[1:3]:
            said += phrase(" · ") + more
        return Candidate(self.sites[rival], tuple(evidence), said)

    def only_in_reach(self, case: Case, site: int, equals: Sequence[int]) -> bool:
        """Tell whether an exact parent reaches no other equal candidate and nothing unknown."""
        if case.parent is None or case.parent.confidence is not Confidence.EXACT:
            return False
        body = self.body(case.parent.site)
        return not body.has_open and not any(s in body.reach for s in equals if s != site)

    def lead_by_guesses(self, case: Case, rival: int) -> int:
        """Tell how much of the lead over a rival is only that its calls are guessed or assumed.

        A class that an object may be of, or that other code was seen to give, weighs less than one
        that is told, and yet nothing speaks against it.
        """
        guessed = self._guessed(rival)
        if not guessed:
            return 0
        below = Counter(self.assignment.shapes[case.shape].children)
        return sum(
            n * min((guessed[s] for s in self._told(child) if s in guessed), default=0)
            for child, n in below.items()
        )

    def _guessed(self, site: int) -> Mapping[int, int]:
        """Tell what the best call in a body to each site lacks to a sure one; empty if nothing."""
        known = self.guesses.get(site)
        if known is None:
            best: dict[int, int] = {}
            for slot in self.body(site).slots:
                for entered in slot.sites:
                    best[entered] = max(slot.bonus, best.get(entered, slot.bonus))
            lacking = {entered: weights.CALLED - bonus for entered, bonus in best.items()}
            known = self.guesses[site] = lacking if any(lacking.values()) else {}
        return known

    def untold_in_reach(self, case: Case) -> tuple[Site, ...]:
        """List the sites with untold names that the parent's body can open."""
        if case.parent is None:
            return ()
        reach = self.body(case.parent.site).reach & self.untold
        return tuple(self.sites[number] for number in sorted(reach))

    def _is_only_untold(self, case: Case, site: int) -> bool:
        """Tell whether a parent that is known can open one span with a variable name, this one."""
        if case.parent is None or case.parent.confidence < Confidence.STRONG:
            return False
        untold = {each.at for each in self.untold_in_reach(case)}
        return case.candidates.features.function_name is None and untold == {self.sites[site].at}

    def body(self, site: int) -> Automaton:
        """Return the automaton of a site's body."""
        return self.bodies(site, False)

    def _called_by(self, parent: Parent, match: Match) -> Evidence:
        caller = self.sites[parent.site]
        detail = phrase(
            "called by {title} ({spot})" if match.sure else "may be called by {title} ({spot})",
            title=site_title(caller),
            spot=spot(caller.at),
        )
        return supports(EvidenceKind.CALLED_BY, detail)

    def _order_decided(self, case: Case, parent: Parent, site: int) -> bool:
        if self.assignment.shapes[parent.shape].overlapping:
            return False
        reach = self.body(parent.site).reach
        others = set(case.candidates.choices.sites) - {site, weights.NOWHERE}
        return any(o in reach and not is_contradicted(case.candidates, o) for o in others)

    def _calls(self, shape: int, site: int) -> tuple[Evidence, ...]:
        """Say whether the spans below are reachable from a site."""
        known = self.children.get((shape, site))
        if known is None:
            known = self.children[shape, site] = self._reaches(shape, site)
        return known

    def _reaches(self, shape: int, site: int) -> tuple[Evidence, ...]:
        names, reached = self._children(shape, site)
        if not names:
            return ()
        if reached:
            detail = phrase("{child}", child=_reachable(names, reached))
            return (supports(EvidenceKind.CALLS, detail),)
        if self.body(site).has_open:
            return ()
        detail = phrase("calls none of {children}", children=closed(listed(names)))
        return (opposes(EvidenceKind.CALLS, detail),)

    def _children(self, shape: int, site: int) -> tuple[list[str], list[str]]:
        """Name the children that have candidates, and those of them that a site reaches."""
        children = self.assignment.shapes[shape].children
        if not children:
            return [], []
        reach = self.body(site).reach
        names: dict[str, bool] = {}
        for child in dict.fromkeys(children):
            told = self._told(child)
            if told:
                name = self.found[self.assignment.shapes[child].choices].title
                names[name] = names.get(name, False) or not reach.isdisjoint(told)
        return list(names), [name for name, is_reached in names.items() if is_reached]

    def _told(self, child: int) -> frozenset[int]:
        """Name the candidates of a child's shape whose names the source tells."""
        sites = self.found[self.assignment.shapes[child].choices].choices.sites
        return frozenset(sites) - {weights.NOWHERE} - self.untold


def is_untold(site: Site) -> bool:
    """Tell whether the source leaves the names of a site's spans open."""
    if site.kind in FRAMEWORK_KINDS:
        return False
    return not site.names or all(
        isinstance(name, DynamicName) or (isinstance(name, NamePattern) and not name.n_fixed)
        for name in site.names
    )


def is_contradicted(candidates: CandidateSet, site: int) -> bool:
    """Tell whether the span's own record speaks against a site; a probable frame rules none out."""
    pin = candidates.pin
    is_probable = pin is not None and not pin.verified and site in pin.against
    telling = _TELLING - {EvidenceKind.STACK_FRAME} if is_probable else _TELLING
    return any(not e.supports and e.kind in telling for e in candidates.evidence[site])


def _reachable(names: Sequence[str], reached: Sequence[str]) -> Phrase:
    children = closed(listed(list(reached)))
    if len(reached) == 1:
        return phrase("child {children} is reachable from it", children=children)
    if len(reached) < len(names):
        return phrase("children {children} are reachable from it", children=children)
    return phrase("children {children} are all reachable from it", children=children)
