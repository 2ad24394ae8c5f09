"""A closer look at spans that names, inputs and calls leave open: at the values they recorded."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import islice

from msgspec import Struct, field
from msgspec.structs import replace

from tracegloss.correlate import weights
from tracegloss.correlate.assign import Choices
from tracegloss.correlate.candidates import CandidateSet
from tracegloss.correlate.values import (
    MOST_CHILDREN,
    Verdict,
    called_with,
    may_return,
    otherwise,
    verdict,
)
from tracegloss.index.repo import RepoIndex
from tracegloss.model.outcome import NOTHING_TOLD, Outcome
from tracegloss.model.resolution import Ambiguous, Confidence, Resolution, Resolved
from tracegloss.model.site import Site
from tracegloss.model.trace import Span
from tracegloss.reveal import reveal
from tracegloss.tree import SpanTree

_MOST_SPANS = 2000
_N_SAMPLES = 2

Verdicts = tuple[Verdict | None, ...]

_Seen = tuple[int, int, "_Values", tuple["_Values", ...]]
_Values = tuple[int, int, int, bool, bool]


class CloserLook(Struct):
    """Judges candidates by recorded values; sets of candidates that this changes are added.

    Spans that recorded the very same objects are judged once: equal values of a trace are mostly
    one object, and live as long as its tree.
    """

    tree: SpanTree
    index: RepoIndex
    sites: Sequence[Site]
    found: list[CandidateSet]
    changed: dict[tuple[int, Verdicts], int] = field(default_factory=dict)
    outcomes: dict[int, tuple[Outcome, ...]] = field(default_factory=dict)
    judged: dict[_Seen, Verdicts] = field(default_factory=dict)

    def classes(
        self, class_of: Mapping[str, int], resolutions: Mapping[str, Resolution]
    ) -> dict[str, int]:
        """Give the spans whose values speak for or against a candidate their new classes."""
        new: dict[str, int] = {}
        for span_id in self._worth_a_look(resolutions):
            number = class_of[span_id]
            verdicts = self._verdicts(span_id, number, resolutions[span_id])
            if any(each is not None for each in verdicts):
                new[span_id] = self._changed(number, verdicts)
        for span_id in self._contradicted(class_of, resolutions):
            verdicts = self._against(span_id, class_of[span_id])
            if any(each is not None for each in verdicts):
                new[span_id] = self._changed(class_of[span_id], verdicts)
        return new

    def _contradicted(
        self, class_of: Mapping[str, int], resolutions: Mapping[str, Resolution]
    ) -> list[str]:
        """List the spans with one site whose samples recorded what that function cannot return."""
        n_left = {id(each): _N_SAMPLES for each in _distinct(resolutions) if _is_settled(each)}
        doubted: set[int] = set()
        for span_id, resolution in resolutions.items():
            key = id(resolution)
            if key not in n_left:
                continue
            n_left[key] -= 1
            if not n_left[key]:
                del n_left[key]
            verdicts = self._against(span_id, class_of[span_id])
            if any(each is not None for each in verdicts):
                doubted.add(key)
        if not doubted:
            return []
        return [span_id for span_id, each in resolutions.items() if id(each) in doubted]

    def _against(self, span_id: str, number: int) -> Verdicts:
        """Say what speaks against sites without a rival; it lowers their confidence alone."""
        span = self.tree.spans[span_id]
        said = [verdict(outcome, span, ()) for outcome in self._outcomes(number)]
        return tuple(
            each._replace(weight=0) if each is not None and each.weight < 0 else None
            for each in said
        )

    def _worth_a_look(self, resolutions: Mapping[str, Resolution]) -> list[str]:
        """List the spans that are open, a bounded number."""
        are_open = {id(each) for each in _distinct(resolutions) if _is_open(each)}
        if not are_open:
            return []
        found = (span_id for span_id, each in resolutions.items() if id(each) in are_open)
        return list(islice(found, _MOST_SPANS))

    def _verdicts(self, span_id: str, number: int, resolution: Resolution) -> Verdicts:
        outcomes = self._outcomes(number)
        if not outcomes:
            return self._called(self.tree.spans[span_id], number)
        span = self.tree.spans[span_id]
        children = self.tree.children.get(span_id, ())[:MOST_CHILDREN]
        below = [self.tree.spans[child] for child in children]
        seen = (number, id(resolution), _values(span), tuple(map(_values, below)))
        known = self.judged.get(seen)
        if known is None:
            sites = self.found[number].choices.sites
            known = self.judged[seen] = self._judged(span, below, sites, outcomes, resolution)
        return known

    def _called(self, span: Span, number: int) -> Verdicts:
        """Judge calls of chains by the inputs that they spell out, for the span of the whole."""
        candidates = self.found[number]
        if candidates.proposal is None or not candidates.proposal.only_outermost:
            return ()
        return tuple(
            None if site == weights.NOWHERE else called_with(self.sites[site].given, span)
            for site in candidates.choices.sites
        )

    def _judged(
        self,
        span: Span,
        below: Sequence[Span],
        sites: Sequence[int],
        outcomes: Sequence[Outcome],
        resolution: Resolution,
    ) -> Verdicts:
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

    def _outcomes(self, number: int) -> tuple[Outcome, ...]:
        """Give what the source of each candidate of a class tells; nothing where none tells any."""
        known = self.outcomes.get(number)
        if known is None:
            told = tuple(map(self._outcome, self.found[number].choices.sites))
            is_told = any(outcome != NOTHING_TOLD for outcome in told)
            known = self.outcomes[number] = told if is_told else ()
        return known

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
            self.found.append(_with_verdicts(self.found[number], verdicts))
        return known


def _distinct(resolutions: Mapping[str, Resolution]) -> Collection[Resolution]:
    """Give every resolution once: equal spans share one."""
    return {id(each): each for each in resolutions.values()}.values()


def _values(span: Span) -> _Values:
    """Tell apart what a span recorded, as far as it is looked at here."""
    inputs = 0 if span.inputs is None else id(reveal(span.inputs))
    outputs = 0 if span.outputs is None else id(reveal(span.outputs))
    return id(span.function_name), inputs, outputs, span.end_ns is None, span.exceptions != ()


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


def _with_verdicts(candidates: CandidateSet, verdicts: Verdicts) -> CandidateSet:
    choices = candidates.choices
    evidence = dict(candidates.evidence)
    totals = list(choices.weights)
    for position, (site, said) in enumerate(zip(choices.sites, verdicts, strict=True)):
        if said is not None:
            totals[position] += said.weight
            evidence[site] = (*evidence[site], said.evidence)
    return replace(candidates, choices=Choices(choices.sites, tuple(totals)), evidence=evidence)
