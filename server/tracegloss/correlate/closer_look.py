"""A closer look at spans that names, inputs and calls leave open: at the values they recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from tracegloss.correlate import weights
from tracegloss.correlate.assign import Choices
from tracegloss.correlate.candidates import CandidateSet
from tracegloss.correlate.values import Verdict, may_return, otherwise, verdict
from tracegloss.index.repo import RepoIndex
from tracegloss.model.outcome import NOTHING_TOLD, Outcome
from tracegloss.model.resolution import Ambiguous, Confidence, Resolution, Resolved
from tracegloss.model.site import Site
from tracegloss.tree import SpanTree

_MOST_SPANS = 2000
_N_SAMPLES = 2

Verdicts = tuple[Verdict | None, ...]


class CloserLook(Struct):
    """Judges candidates by recorded values; sets of candidates that this changes are added."""

    tree: SpanTree
    index: RepoIndex
    sites: Sequence[Site]
    found: list[CandidateSet]
    changed: dict[tuple[int, Verdicts], int] = field(default_factory=dict)

    def classes(
        self, class_of: Mapping[str, int], resolutions: Mapping[str, Resolution]
    ) -> dict[str, int]:
        """Give the spans whose values speak for or against a candidate their new classes."""
        new: dict[str, int] = {}
        for span_id in self._worth_a_look(resolutions):
            number = class_of[span_id]
            verdicts = self._verdicts(span_id, self.found[number], resolutions[span_id])
            if any(each is not None for each in verdicts):
                new[span_id] = self._changed(number, verdicts)
        for span_id in self._contradicted(class_of, resolutions):
            verdicts = self._against(span_id, self.found[class_of[span_id]])
            if any(each is not None for each in verdicts):
                new[span_id] = self._changed(class_of[span_id], verdicts)
        return new

    def _contradicted(
        self, class_of: Mapping[str, int], resolutions: Mapping[str, Resolution]
    ) -> list[str]:
        """List the spans with one site whose samples recorded what that function cannot return."""
        n_seen: dict[int, int] = {}
        doubted: set[int] = set()
        for span_id, resolution in resolutions.items():
            key = id(resolution)
            n_before = n_seen.get(key, 0)
            if n_before >= _N_SAMPLES or not _is_settled(resolution):
                continue
            n_seen[key] = n_before + 1
            verdicts = self._against(span_id, self.found[class_of[span_id]])
            if any(each is not None for each in verdicts):
                doubted.add(key)
        if not doubted:
            return []
        return [span_id for span_id, each in resolutions.items() if id(each) in doubted]

    def _against(self, span_id: str, candidates: CandidateSet) -> Verdicts:
        """Say what speaks against sites without a rival; it lowers their confidence alone."""
        span = self.tree.spans[span_id]
        said = [verdict(self._outcome(site), span, ()) for site in candidates.choices.sites]
        return tuple(
            each._replace(weight=0) if each is not None and each.weight < 0 else None
            for each in said
        )

    def _worth_a_look(self, resolutions: Mapping[str, Resolution]) -> Iterator[str]:
        """Yield the spans that are open, a bounded number."""
        known: dict[int, bool] = {}
        n_left = _MOST_SPANS
        for span_id, resolution in resolutions.items():
            # Equal spans share one resolution, so that most were asked before.
            is_open = known.get(id(resolution))
            if is_open is None:
                is_open = known[id(resolution)] = _is_open(resolution)
            if is_open and n_left:
                n_left -= 1
                yield span_id

    def _verdicts(self, span_id: str, candidates: CandidateSet, resolution: Resolution) -> Verdicts:
        sites = candidates.choices.sites
        outcomes = [self._outcome(site) for site in sites]
        if all(outcome == NOTHING_TOLD for outcome in outcomes):
            return ()
        span = self.tree.spans[span_id]
        below = [self.tree.spans[child] for child in self.tree.children.get(span_id, ())]
        said = [verdict(outcome, span, below) for outcome in outcomes]
        topics = dict.fromkeys(v.topic for v in said if v is not None and v.topic is not None)
        told = [
            otherwise(outcome, topics) if each is None else each
            for outcome, each in zip(outcomes, said, strict=True)
        ]
        if not any(each is not None and each.weight > 0 for each in told):
            return tuple(told)
        tied = _tied(resolution)
        rivals = [
            outcome
            for site, outcome, each in zip(sites, outcomes, told, strict=True)
            if each is None and site != weights.NOWHERE and self.sites[site] in tied
        ]
        if any(topics or may_return(rival, span) for rival in rivals):
            # What one spells out another may say as well.
            told = [None if each is not None and each.weight > 0 else each for each in told]
        return tuple(told)

    def _outcome(self, number: int) -> Outcome:
        function = None if number == weights.NOWHERE else self.sites[number].function
        if function is None or self.sites[number].function_name is None:
            return NOTHING_TOLD
        return self.index.outcomes.get(function, NOTHING_TOLD)

    def _changed(self, number: int, verdicts: Verdicts) -> int:
        key = (number, verdicts)
        known = self.changed.get(key)
        if known is None:
            known = self.changed[key] = len(self.found)
            self.found.append(_judged(self.found[number], verdicts))
        return known


def _is_settled(resolution: Resolution) -> bool:
    if not isinstance(resolution, Resolved) or _is_open(resolution):
        return False
    return resolution.site.function_name is not None


def _is_open(resolution: Resolution) -> bool:
    if isinstance(resolution, Resolved):
        return resolution.confidence is not Confidence.EXACT and bool(resolution.alternatives)
    return isinstance(resolution, Ambiguous)


def _tied(resolution: Resolution) -> frozenset[Site]:
    """Give the sites among which a span is open."""
    match resolution:
        case Ambiguous(candidates):
            return frozenset(candidate.site for candidate in candidates)
        case Resolved(site, _, _, alternatives):
            return frozenset({site, *(candidate.site for candidate in alternatives)})
        case _:
            return frozenset()


def _judged(candidates: CandidateSet, verdicts: Verdicts) -> CandidateSet:
    choices = candidates.choices
    evidence = dict(candidates.evidence)
    totals = list(choices.weights)
    for position, (site, said) in enumerate(zip(choices.sites, verdicts, strict=True)):
        if said is not None:
            totals[position] += said.weight
            evidence[site] = (*evidence[site], said.evidence)
    return replace(candidates, choices=Choices(choices.sites, tuple(totals)), evidence=evidence)
