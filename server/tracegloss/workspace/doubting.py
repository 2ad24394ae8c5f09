"""Lowers lines of a trace without a commit that git's history gives reason to doubt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from tracegloss.history.namesakes import Namesake, namesakes
from tracegloss.history.objects import Objects
from tracegloss.index.repo import RepoIndex
from tracegloss.model.repository import CommitStanding, RepositoryState
from tracegloss.model.resolution import (
    Confidence,
    Correlation,
    Evidence,
    EvidenceKind,
    Resolution,
    Resolved,
)
from tracegloss.recorded import phrase
from tracegloss.workspace.as_ran import capped

_CERTAIN = frozenset({EvidenceKind.STACK_FRAME, EvidenceKind.CODE_ATTRIBUTES, EvidenceKind.TAUGHT})


def doubted(
    correlation: Correlation,
    index: RepoIndex,
    objects: Objects,
    repository: RepositoryState,
    standing: CommitStanding,
    moment_ns: int | None,
) -> Correlation:
    """Call lines strong that another function of the same name may have made when the trace ran.

    Git is asked only for a trace that names no commit and is older than HEAD.
    """
    names_one = standing.commit is not None or standing.why_now is not None
    if names_one or repository.commit is None or not _may_be_older(moment_ns, repository):
        return correlation
    resolved = {
        span_id: found
        for span_id, found in correlation.resolutions.items()
        if isinstance(found, Resolved) and _rests_on_names(found)
    }
    sites = (found.site.function for found in resolved.values())
    functions = {f: index.functions[f] for f in sites if f is not None and f in index.functions}
    if not functions or moment_ns is None:
        return correlation
    traced = {(s.function.path, s.function.qualified_name) for s in index.sites if s.function}
    found = namesakes(
        objects,
        repository.commit,
        moment_ns,
        [entry for entry in functions.values() if entry.kind == "function"],
        lambda path, name: (path, name) in traced,
    )
    doubts = {
        span_id: _doubted(each, found[each.site.function])
        for span_id, each in resolved.items()
        if each.site.function is not None and each.site.function in found
    }
    resolutions: Mapping[str, Resolution] = {**correlation.resolutions, **doubts}
    return replace(correlation, resolutions=resolutions) if doubts else correlation


def _may_be_older(moment_ns: int | None, repository: RepositoryState) -> bool:
    """Tell whether HEAD may be younger than a moment, by its day in its author's time zone."""
    if moment_ns is None or repository.commit_date is None:
        return False
    try:
        moment = datetime.fromtimestamp(moment_ns / 1e9, UTC) - timedelta(days=1)
    except (ValueError, OverflowError, OSError):
        return False
    return repository.commit_date >= moment.strftime("%Y-%m-%d")


def _rests_on_names(found: Resolved) -> bool:
    kinds = {evidence.kind for evidence in found.evidence if evidence.supports}
    return found.confidence is Confidence.EXACT and kinds.isdisjoint(_CERTAIN)


def _doubted(found: Resolved, namesake: Namesake) -> Resolved:
    words = "{name} in {path} had this name and these parameters at {commit}, before the trace"
    said = phrase(
        words,
        name=namesake.function.qualified_name,
        path=namesake.function.path,
        commit=namesake.commit[:7],
    )
    against = Evidence(EvidenceKind.NAMESAKE, False, said)
    return replace(capped(found), evidence=(*found.evidence, against))
