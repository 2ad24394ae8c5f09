"""The sites that may have made a span, judged by the span's own record and by what pins it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from tracegloss.correlate import weights
from tracegloss.correlate.assign import Choices
from tracegloss.correlate.evidence import Judgement, judge, opposes, shown
from tracegloss.correlate.features import TELEMETRY, SpanFeatures
from tracegloss.correlate.names import SiteNames, matching_patterns
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.rules import RULES
from tracegloss.model.resolution import Evidence, EvidenceKind
from tracegloss.model.site import LiteralName, Site
from tracegloss.recorded import phrase


class Pin(Struct, frozen=True):
    """Something beyond the span's features that names its sites, or says that they lie elsewhere.

    `verified` pins decide; others only speak. `elsewhere` says why no site of this index is meant.
    `against` are the sites that a frame, proven or probable, lies in no file of.
    """

    sites: frozenset[int]
    verified: bool
    evidence: Evidence
    elsewhere: Literal["other-repository", "excluded", "unknown"] | None = None
    against: frozenset[int] = frozenset()


class Narrowed(Struct, frozen=True):
    """What the function above leaves of the calls a rule proposed, or the construct above itself.

    `calls` are the calls that functions of the span above can make. `owners` are constructs of a
    framework, the span above being theirs, whose own doing the span is.
    """

    calls: tuple[int, ...] = ()
    owners: tuple[int, ...] = ()


class CandidateSet(Struct, frozen=True):
    """The choices of a class of equal spans, with the evidence of each site.

    `pruned` says that more sites than can be compared fit as well. `passed_over` are the sites
    whose spans have this name, but record a function name, which these lack; `wrappers` those that
    may trace a function no site names. `proposal` is what a rule had to say. Spans whose names
    differ only where nothing depends on it share one set, so that `features` are those of the
    first; `title` names them all.
    """

    choices: Choices
    evidence: Mapping[int, tuple[Evidence, ...]]
    pruned: bool
    passed_over: tuple[int, ...]
    wrappers: tuple[int, ...]
    features: SpanFeatures
    title: str
    proposal: Proposal | None
    pin: Pin | None


class CandidateFinder(Struct):
    """Finds candidates, each class of equal spans once.

    `stripped` says that this trace lost MLflow's own attributes on its way, so that a missing
    function name means nothing. `taught` maps span-name patterns to site numbers.
    """

    sites: tuple[Site, ...]
    names: SiteNames
    series: Mapping[str, str]
    stripped: bool
    taught: Mapping[str, tuple[int, ...]]
    classes: dict[tuple[SpanFeatures, Pin | None, Narrowed | None], int] = field(
        default_factory=dict
    )
    alike: dict[tuple[object, ...], int] = field(default_factory=dict)
    found: list[CandidateSet] = field(default_factory=list)

    def class_of(
        self, features: SpanFeatures, pin: Pin | None, narrowed: Narrowed | None = None
    ) -> int:
        """Return the number of a span's class in `found`, looking its candidates up if new."""
        key = (features, pin, narrowed)
        number = self.classes.get(key)
        if number is None:
            found = self._candidates(features, pin, narrowed)
            number = self.classes[key] = self._number_of(found)
        return number

    def _number_of(self, candidates: CandidateSet) -> int:
        nameless = candidates.features._replace(name="")
        evidence = tuple(candidates.evidence.items())
        proposal = candidates.proposal
        said = None if proposal is None else (proposal.reason, proposal.detail)
        told = (candidates.title, candidates.passed_over, candidates.pin, said)
        key = (nameless, *told, candidates.choices, evidence)
        number = self.alike.get(key)
        if number is None:
            number = self.alike[key] = len(self.found)
            self.found.append(candidates)
        return number

    def _candidates(
        self, features: SpanFeatures, pin: Pin | None, narrowed: Narrowed | None
    ) -> CandidateSet:
        proposal = self._proposal(features)
        if proposal is not None and narrowed is not None:
            proposal = replace(proposal, sites=(*narrowed.calls, *narrowed.owners))
        taught = self._taught(features.name)
        if taught:
            numbers = taught
        elif proposal is not None and proposal.final:
            numbers = proposal.sites
        else:
            numbers = self._numbers(features, proposal)
        if pin is not None:
            numbers = tuple(dict.fromkeys((*numbers, *sorted(pin.sites))))
        owners = () if narrowed is None else narrowed.owners
        judged = {
            number: _owning(proposal.evidence)
            if proposal is not None and number in owners
            else self._judged(number, features, proposal, pin)
            for number in numbers
        }
        kept, pruned = _pruned(judged)
        sites = (*kept, weights.NOWHERE)
        return CandidateSet(
            Choices(sites, (*(judged[number].weight for number in kept), 0)),
            {number: judged[number].evidence for number in kept},
            pruned,
            () if kept else self._passed_over(features),
            () if kept or features.function_name is None else self.names.wrappers,
            features,
            self._title(features, kept),
            proposal,
            pin,
        )

    def _title(self, features: SpanFeatures, numbers: tuple[int, ...]) -> str:
        if features.function_name is not None:
            return features.function_name
        if not numbers or features.name in self.names.by_literal:
            return features.name if features.name in self.names.by_literal else ""
        return shown(self.sites[numbers[0]].names[0]) if self.sites[numbers[0]].names else ""

    def _proposal(self, features: SpanFeatures) -> Proposal | None:
        for rule in RULES:
            proposal = rule(features, self.sites, self.names)
            if proposal is not None:
                return proposal
        return None

    def _numbers(self, features: SpanFeatures, proposal: Proposal | None) -> tuple[int, ...]:
        if proposal is not None and proposal.sites:
            return proposal.sites
        if features.function_name is not None:
            return self._by_function(features)
        return self._by_name(features)

    def _by_function(self, features: SpanFeatures) -> tuple[int, ...]:
        """`mlflow.spanFunctionName` is `fn.__name__`, so only sites that write it can be meant."""
        named = self.names.by_function.get(features.function_name or "", ())
        if named:
            return named
        # A wrapper whose inner function is unknown to the index still tells the span's name.
        loose = {"wrapper-use", "wrapped"}
        numbers = self.names.by_literal.get(features.name, ())
        return tuple(
            n
            for n in numbers
            if self.sites[n].kind in loose and self.sites[n].function_name is None
        )

    def _by_name(self, features: SpanFeatures) -> tuple[int, ...]:
        name = features.name
        numbers = self._nameless(self.names.by_literal.get(name, ()))
        if features.library is None:
            numbers += self._nameless(matching_patterns(self.names, name))
        if not numbers and name in self.series:
            numbers = self._nameless(self.names.by_literal.get(self.series[name], ()))
        if not numbers and features.library is None:
            numbers = self._nameless(self.names.dynamic)
            if len(numbers) > weights.MOST_CANDIDATES:
                return ()
        return tuple(dict.fromkeys(numbers))

    def _nameless(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """Keep sites whose spans carry no function name, unless the trace lost such attributes.

        Sites of other tracers than MLflow's are left to the rules.
        """
        kept = tuple(n for n in numbers if self.sites[n].framework not in TELEMETRY)
        if self.stripped:
            return kept
        return tuple(n for n in kept if self.sites[n].function_name is None)

    def _passed_over(self, features: SpanFeatures) -> tuple[int, ...]:
        if features.function_name is not None:
            return ()
        named = self.names.by_literal.get(features.name, ())
        return tuple(dict.fromkeys((*named, *matching_patterns(self.names, features.name))))

    def _taught(self, name: str) -> tuple[int, ...]:
        for pattern, numbers in self.taught.items():
            if pattern == name or fnmatchcase(name, pattern):
                return numbers
        return ()

    def _judged(
        self, number: int, features: SpanFeatures, proposal: Proposal | None, pin: Pin | None
    ) -> Judgement:
        site = self.sites[number]
        called = None if proposal is None else proposal.called
        name: str | None = called or self._name_for(features.name, site)
        if proposal is not None and proposal.nameless:
            name = None
        judged = judge(features, site, name)
        weight, evidence = judged.weight, judged.evidence
        if number in self._taught(features.name):
            said = phrase("taught in the settings")
            return Judgement(weights.PINNED, (Evidence(EvidenceKind.TAUGHT, True, said), *evidence))
        if proposal is not None and number in proposal.sites:
            weight, evidence = weight + weights.RULED, (proposal.evidence, *evidence)
        if pin is not None:
            weight, evidence = _pinned(number, site, pin, weight, evidence)
        return Judgement(weight, evidence)

    def _name_for(self, name: str, site: Site) -> str:
        base = self.series.get(name)
        if base is None:
            return name
        return base if is_named(site, base) and not is_named(site, name) else name


def is_named(site: Site, name: str) -> bool:
    """Tell whether a name is literally one of a site's."""
    return any(isinstance(own, LiteralName) and own.text == name for own in site.names)


def _owning(evidence: Evidence) -> Judgement:
    """Judge a construct whose own doing a span is; the span's name is that of something inside."""
    return Judgement(weights.RULED, (evidence,))


def _pinned(
    number: int, site: Site, pin: Pin, weight: int, evidence: tuple[Evidence, ...]
) -> tuple[int, tuple[Evidence, ...]]:
    if number in pin.sites:
        worth = weights.PINNED if pin.verified else weights.UNVERIFIED_FRAME
        return weight + worth, (pin.evidence, *evidence)
    if (pin.elsewhere or number in pin.against) and site.kind in {"wrapped", "wrapper-use"}:
        return weight, evidence
    against = opposes(pin.evidence.kind, pin.evidence.detail)
    if pin.verified or pin.elsewhere:
        return weight + weights.PINNED_ELSEWHERE, (*evidence, against)
    if number in pin.against:
        return weight + weights.UNVERIFIED_ELSEWHERE, (*evidence, against)
    return weight, evidence


def _pruned(judged: Mapping[int, Judgement]) -> tuple[tuple[int, ...], bool]:
    """Keep the best judged sites; a cut through equals is noted."""
    ranked = sorted(judged, key=lambda number: (-judged[number].weight, number))
    kept, dropped = ranked[: weights.MOST_CANDIDATES], ranked[weights.MOST_CANDIDATES :]
    cut = bool(dropped) and judged[dropped[0]].weight == judged[kept[-1]].weight
    return tuple(sorted(kept)), cut
