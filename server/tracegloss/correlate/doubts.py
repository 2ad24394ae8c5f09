"""Signs that spans belong to other code: other services, processes and repositories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tracegloss.correlate import weights
from tracegloss.correlate.candidates import CandidateSet
from tracegloss.correlate.evidence import closed
from tracegloss.model.settings import Settings
from tracegloss.model.trace import Trace
from tracegloss.recorded import Phrase, phrase
from tracegloss.reveal import reveal
from tracegloss.tree import SpanTree

_REMOTE = "mlflow.source.git.repoURL"


def foreign_services(services: Iterable[str | None], settings: Settings) -> frozenset[str]:
    """Name the services that the settings do not count as this repository's."""
    if not settings.services:
        return frozenset()
    return frozenset(s for s in services if s is not None and s not in settings.services)


def doubts_of(
    trace: Trace,
    tree: SpanTree,
    class_of: Mapping[str, int],
    found: Sequence[CandidateSet],
    remotes: Sequence[str],
) -> Mapping[str, Phrase]:
    """Say of doubtful spans why they are probably not of this workspace.

    They lie below spans that no code here makes, or belong to another service or repository.
    `remotes` are the remote addresses of the workspace's repositories.
    """
    made_here = {number for number, candidates in enumerate(found) if _is_made_here(candidates)}
    of_service = _doubtful_services(tree, class_of, found, made_here)
    of_trace = _doubtful_trace(trace, class_of, found, made_here, remotes)
    below = {n: said for n, each in enumerate(found) if (said := _cast_below(each)) is not None}
    if not (below or of_service or of_trace):
        return {}
    by_span: dict[str, Phrase] = {}
    for span_id in tree.order:
        number = class_of[span_id]
        service = found[number].features.service or ""
        parent = tree.parents.get(span_id)
        doubt = of_service.get(service) or of_trace
        if parent is not None and doubt is None:
            above = found[class_of[parent]]
            inherited = None if _is_pinned_here(above) else by_span.get(parent)
            doubt = below.get(class_of[parent]) or inherited
        if doubt is not None:
            by_span[span_id] = doubt
    return by_span


def _cast_below(candidates: CandidateSet) -> Phrase | None:
    """Give the doubt that a span casts on those below it."""
    proposal, pin = candidates.proposal, candidates.pin
    if proposal is not None:
        return phrase("recorded by another process") if proposal.below_is_foreign else None
    is_function = candidates.features.function_name is not None
    is_elsewhere = pin is not None and pin.elsewhere in {"other-repository", "excluded"}
    is_unknown = is_function and not candidates.wrappers and not _is_made_here(candidates)
    if is_elsewhere or is_unknown:
        return phrase("below {name}, which no code here makes", name=closed(candidates.title))
    return None


def _is_pinned_here(candidates: CandidateSet) -> bool:
    pin = candidates.pin
    return pin is not None and pin.verified and not pin.elsewhere


def _is_pinned_elsewhere(candidates: CandidateSet) -> bool:
    return candidates.pin is not None and candidates.pin.elsewhere == "other-repository"


def _is_made_here(candidates: CandidateSet) -> bool:
    return any(
        weight > 0
        for site, weight in zip(candidates.choices.sites, candidates.choices.weights, strict=True)
        if site != weights.NOWHERE
    )


def _doubtful_services(
    tree: SpanTree,
    class_of: Mapping[str, int],
    found: Sequence[CandidateSet],
    made_here: set[int],
) -> Mapping[str, Phrase]:
    """Doubt services most of whose traced functions are unknown here, when there are several."""
    known: dict[str, int] = {}
    unknown: dict[str, int] = {}
    for number in {class_of[span_id] for span_id in tree.order}:
        features = found[number].features
        if features.service is None or features.library is not None:
            continue
        counts = known if number in made_here else unknown
        counts[features.service] = counts.get(features.service, 0) + 1
    if len({*known, *unknown}) < 2:
        return {}
    return {
        service: phrase("service {name} is mostly other code", name=closed(service))
        for service, n_unknown in unknown.items()
        if n_unknown > known.get(service, 0)
    }


def _doubtful_trace(
    trace: Trace,
    class_of: Mapping[str, int],
    found: Sequence[CandidateSet],
    made_here: set[int],
    remotes: Sequence[str],
) -> Phrase | None:
    """Doubt a trace most of whose traced functions are not here, or that names another remote.

    Most of its functions being here outweighs the remote: forks and copies have their own.
    """
    classes = set(class_of.values())
    of_functions = [n for n in classes if found[n].features.function_name is not None]
    n_here = sum(number in made_here for number in of_functions)
    if n_here * 2 > len(of_functions):
        return None
    pinned = [found[number] for number in classes if found[number].pin is not None]
    if any(_is_pinned_elsewhere(each) for each in pinned) and not any(map(_is_pinned_here, pinned)):
        return phrase("the stack frames of this trace are in other code")
    recorded = reveal(trace.info.metadata).get(_REMOTE, "")
    if recorded and remotes and _repository(recorded) not in map(_repository, remotes):
        return phrase("recorded in repository {remote}", remote=closed(_repository(recorded)))
    if any(found[number].wrappers for number in of_functions):
        return None
    # One unknown function may only have been renamed since.
    if n_here * 2 < len(of_functions) and len(of_functions) - n_here > 1:
        return phrase("most traced functions of this trace are other code")
    return None


def _repository(address: str) -> str:
    """Reduce a remote address to its last name, which forks and mirrors share."""
    return address.rstrip("/").removesuffix(".git").replace(":", "/").rpartition("/")[2].lower()
