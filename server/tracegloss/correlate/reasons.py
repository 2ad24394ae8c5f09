"""Why no line is named, in words that can be checked."""

from __future__ import annotations

from collections.abc import Sequence

from tracegloss.correlate import weights
from tracegloss.correlate.candidates import CandidateSet
from tracegloss.correlate.evidence import closed
from tracegloss.correlate.phrases import site_title, spot
from tracegloss.model.resolution import Unresolved
from tracegloss.model.site import DynamicName, Site
from tracegloss.recorded import Phrase, phrase


def unresolved(
    candidates: CandidateSet,
    sites: Sequence[Site],
    untold: Sequence[Site],
    doubt: Phrase | None,
) -> Unresolved:
    """Give the reason for a span without a site.

    `untold` are the sites with variable names that the parent's body can open; `doubt` says why the
    span is probably not of this code.
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
    if doubt is not None and not candidates.evidence:
        return Unresolved("other-repository", doubt)
    return Unresolved("unknown", _unknown(candidates, sites))


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


def _unknown(candidates: CandidateSet, sites: Sequence[Site]) -> Phrase:
    features = candidates.features
    considered = [n for n in candidates.choices.sites if n != weights.NOWHERE]
    for number in considered:
        against = [e.detail for e in candidates.evidence[number] if not e.supports]
        if against:
            title = site_title(sites[number])
            said = phrase(
                "{title} ({spot}) does not fit: ", title=title, spot=spot(sites[number].at)
            )
            return said + against[0]
    if features.function_name is not None:
        name = closed(features.function_name)
        return phrase("no traced function called {name} in this workspace", name=name)
    return phrase("no tracing call in this workspace gives its spans this name")
