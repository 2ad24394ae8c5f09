"""Why no line is named, in words that can be checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracegloss.correlate import weights
from tracegloss.correlate.candidates import CandidateSet
from tracegloss.correlate.evidence import closed
from tracegloss.correlate.phrases import site_title
from tracegloss.model.resolution import Unresolved
from tracegloss.model.site import DynamicName, Site, spot
from tracegloss.recorded import Phrase, phrase


def unresolved(
    candidates: CandidateSet,
    sites: Sequence[Site],
    untold: Sequence[Site],
    untold_anywhere: Iterable[int],
    doubt: Phrase | None,
) -> Unresolved:
    """Give the reason for a span without a site.

    `untold` are the sites with variable names that the parent's body can open, `untold_anywhere`
    those of the workspace; `doubt` says why the span is probably not of this code.
    """
    features, pin, proposal = candidates.features, candidates.pin, candidates.proposal
    if pin is not None and pin.elsewhere is not None:
        return Unresolved(pin.elsewhere, pin.evidence.detail)
    if proposal is not None:
        return Unresolved(proposal.reason, proposal.detail)
    if features.library is not None:
        made = phrase("made by the tracing of {library}", library=closed(features.library))
        return Unresolved("library", made)
    if features.function_name is None and untold:
        return _dynamic(untold)
    if candidates.wrappers and doubt is None:
        return _wrapped(candidates, sites)
    if doubt is not None and not candidates.evidence:
        return Unresolved("other-repository", doubt)
    return Unresolved("unknown", _unknown(candidates, sites, untold_anywhere))


def _dynamic(untold: Sequence[Site]) -> Unresolved:
    site = untold[0]
    expression = next((n.expression for n in site.names if isinstance(n, DynamicName)), "its name")
    if len(untold) == 1:
        said = phrase(
            "made by start_span({name}) at {spot}, {name} is variable",
            name=expression,
            spot=spot(site.at),
        )
        return Unresolved("dynamic", said, site.at)
    said = phrase("made by one of {n} calls with variable names", n=len(untold))
    return Unresolved("dynamic", said + phrase(", such as {spot}", spot=spot(site.at)), site.at)


def _wrapped(candidates: CandidateSet, sites: Sequence[Site]) -> Unresolved:
    first, n_more = sites[candidates.wrappers[0]].at, len(candidates.wrappers) - 1
    name = closed(candidates.features.function_name or "")
    said = phrase("no function {name} is traced by name, but {spot}", name=name, spot=spot(first))
    if n_more:
        places = "place" if n_more == 1 else "places"
        said += phrase(" and {n} more {places} trace", n=n_more, places=places)
    else:
        said += phrase(" traces")
    return Unresolved("dynamic", said + phrase(" functions the source does not name"), first)


def _unknown(candidates: CandidateSet, sites: Sequence[Site], untold: Iterable[int]) -> Phrase:
    """Say what is known of the name: a site that does not fit, or that there is none, and no more.

    What the source does not tell is not denied.
    """
    features = candidates.features
    considered = [n for n in candidates.choices.sites if n != weights.NOWHERE]
    for number in considered:
        against = [e.detail for e in candidates.evidence[number] if not e.supports]
        if against:
            return _titled(sites[number]) + phrase(" does not fit: ") + against[0]
    is_function = features.function_name is not None
    variable = [] if is_function else [n for n in sorted(untold) if not sites[n].function_name]
    fitting = [n for n in considered if n not in variable]
    if fitting:
        said = phrase(" could have made it, but the trace as a whole fits better without")
        return _titled(sites[fitting[0]]) + said
    if features.function_name is not None:
        name = closed(features.function_name)
        return phrase("no traced function called {name} is known in this workspace", name=name)
    if candidates.passed_over:
        said = phrase(
            " has this name, but MLflow records the function of its spans, here it is not"
        )
        return _titled(sites[candidates.passed_over[0]]) + said
    said = phrase("no tracing call known in this workspace gives its spans this name")
    return said + _variable([sites[n] for n in variable])


def _variable(sites: Sequence[Site]) -> Phrase:
    if not sites:
        return phrase("")
    calls = "a call" if len(sites) == 1 else f"{len(sites)} calls"
    said = phrase(", but {calls} with a variable name might", calls=calls)
    return said + phrase(
        ", such as {spot}" if len(sites) > 1 else " ({spot})", spot=spot(sites[0].at)
    )


def _titled(site: Site) -> Phrase:
    return phrase("{title} ({spot})", title=site_title(site), spot=spot(site.at))
