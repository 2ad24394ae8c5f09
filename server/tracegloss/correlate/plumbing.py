"""Spans of a framework's own doing, which nothing of the repository stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracegloss.correlate import weights
from tracegloss.correlate.candidates import CandidateSet
from tracegloss.correlate.proposing import MODEL_TYPES


def plumbing_of(class_of: Mapping[str, int], found: Sequence[CandidateSet]) -> frozenset[str]:
    """Name the spans that frameworks make for themselves; what runs below them is called through.

    Only spans without any candidate count, so that no construct of the repository is passed over.
    """
    classes = {number for number, candidates in enumerate(found) if is_plumbing(candidates)}
    if not classes:
        return frozenset()
    return frozenset(span_id for span_id, number in class_of.items() if number in classes)


def is_plumbing(candidates: CandidateSet) -> bool:
    """Tell whether spans of a class are a framework's own doing."""
    if candidates.choices.sites != (weights.NOWHERE,) or candidates.pin is not None:
        return False
    if candidates.proposal is not None:
        return candidates.proposal.reason == "library"
    return candidates.features.library is not None and candidates.features.function_name is None


def is_lost_call(candidates: CandidateSet) -> bool:
    """Tell whether a class is of model calls that no code known so far makes."""
    proposal = candidates.proposal
    is_call = proposal is not None and proposal.is_call and not proposal.only_outermost
    return is_call and candidates.features.type in MODEL_TYPES and is_plumbing(candidates)
