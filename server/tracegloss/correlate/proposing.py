"""What holds for every framework: tools are found by their name, model calls by who makes them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from tracegloss.correlate.features import TELEMETRY, SpanFeatures
from tracegloss.correlate.names import SiteNames, fit_of, matching_patterns, of_framework_pattern
from tracegloss.correlate.proposal import Proposal
from tracegloss.model.resolution import Evidence, EvidenceKind
from tracegloss.model.site import Site, SiteKind
from tracegloss.recorded import Phrase, phrase

MODEL_TYPES = frozenset({"CHAT_MODEL", "LLM", "EMBEDDING"})


def tool_called(name: str, features: SpanFeatures, names: SiteNames) -> Proposal | None:
    """Propose the tools of a name; a tool of none is of other code, when a framework ran it."""
    found = names.framework.get(("tool", name), ())
    if found and (features.library is not None or name not in names.by_literal):
        return known_tool(name, features, found)
    if features.library is None:
        return None
    built = _built("tool", name, names, phrase("a tool whose name fits"))
    if built is not None:
        return built if name == features.name else replace(built, called=name)
    return elsewhere(phrase("no tool of this name is defined in this workspace"))


def known_tool(name: str, features: SpanFeatures, found: Iterable[int]) -> Proposal:
    """Propose tools of a name."""
    proposal = registered(phrase("the tool of this name"), found)
    return proposal if name == features.name else replace(proposal, called=name)


def named(kind: SiteKind, name: str, names: SiteNames, detail: Phrase) -> Proposal | None:
    """Propose the constructs of a kind and a name, if there are any."""
    found = names.framework.get((kind, name), ())
    return registered(detail, found) if found else _built(kind, name, names, detail)


def _built(kind: SiteKind, name: str, names: SiteNames, detail: Phrase) -> Proposal | None:
    """Propose the constructs whose names are put together at run time, to a pattern that fits."""
    found = of_framework_pattern(names, kind, name)
    if not found:
        return None
    guess = Evidence(EvidenceKind.NAME_PATTERN, True, detail)
    return replace(registered(detail, found), evidence=guess)


def within(
    kind: SiteKind, name: str, features: SpanFeatures, names: SiteNames, detail: Phrase
) -> Proposal | None:
    """Propose the constructs of a name that the span's own name holds, or that its record gives."""
    proposal = named(kind, name, names, detail)
    if proposal is None or name == features.name:
        return proposal
    return replace(proposal, called=name)


def agents_called(
    name: str, framework: str, features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
) -> Proposal:
    """Propose the agents that may have a name: literally, by a pattern, else those of any name.

    What runs below an agent that nothing builds here is no doing of the construct further up.
    """
    own = [n for n in names.of_kind.get("agent", ()) if sites[n].framework == framework]
    fits = {number: fit_of(sites[number], name).how for number in own}
    told = [number for number in own if fits[number] in {"literal", "pattern"}]
    found = told or [number for number in own if fits[number] == "dynamic"]
    if not found:
        return Proposal(evidence(_UNBUILT), "unknown", _UNBUILT, final=True)
    said = phrase("the agent of this name") if told else phrase("an agent whose name varies")
    proposal = registered(said, found)
    return proposal if name == features.name else replace(proposal, called=name)


_UNBUILT = phrase("no agent of this name is built in this workspace")


def opened(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    """Propose what opens spans of this name with a tracer of OpenTelemetry's."""
    numbers = names.by_literal.get(features.name) or matching_patterns(names, features.name)
    found = [number for number in numbers if sites[number].framework in TELEMETRY]
    return registered(phrase("opened with OpenTelemetry"), found) if found else None


def registered(detail: Phrase, sites: Iterable[int]) -> Proposal:
    """Propose constructs that are registered with a framework."""
    return Proposal(evidence(detail), "library", detail, tuple(sites), final=True)


def nameless(detail: Phrase, sites: Iterable[int]) -> Proposal:
    """Propose constructs whose spans are all called alike, by no name of theirs."""
    return replace(registered(detail, sites), nameless=True)


def run_by(framework: str, sites: tuple[Site, ...], names: SiteNames) -> Proposal:
    """Propose every call that runs something of a framework, when the span's name tells none."""
    found = tuple(n for n in names.of_kind.get("sdk-call", ()) if sites[n].framework == framework)
    said = phrase("a call of {framework}", framework=framework)
    proposal = Proposal(evidence(said), "library", said, found, final=True, is_call=True)
    return replace(proposal, only_outermost=True, nameless=True)


def opens_framework(framework: str, sites: tuple[Site, ...], names: SiteNames) -> bool:
    """Tell whether the repository holds constructs of a framework, for names any class may have."""
    numbers = (number for of_kind in names.of_kind.values() for number in of_kind)
    return any(sites[number].framework == framework for number in numbers)


def elsewhere(detail: Phrase) -> Proposal:
    """Say that what ran is defined outside of this repository."""
    return Proposal(evidence(detail), "other-repository", detail, final=True)


def library(detail: Phrase) -> Proposal:
    """Say that a span is a framework's own doing."""
    return Proposal(evidence(detail), "library", detail, final=True)


def calls(
    framework: str,
    features: SpanFeatures,
    sites: tuple[Site, ...],
    names: SiteNames,
    *,
    only_outermost: bool = False,
) -> Proposal:
    """Propose the calls of a model library; those that surely make other spans are left out."""
    found = tuple(
        number
        for number in names.of_kind.get("sdk-call", ())
        if sites[number].framework == framework
        and fit_of(sites[number], features.name).how != "none"
    )
    said = phrase("a call of {framework}", framework=framework)
    otherwise = phrase("made by a call of {framework} inside a library", framework=framework)
    return Proposal(
        evidence(said),
        "library",
        otherwise,
        found,
        final=True,
        is_call=True,
        only_outermost=only_outermost,
    )


def own_doing(detail: Phrase) -> Proposal:
    """Say that a span is the doing of the construct of a framework above it."""
    return Proposal(evidence(detail), "library", detail, final=True, is_call=True)


def evidence(detail: Phrase) -> Evidence:
    """Make the evidence that a rule gives."""
    return Evidence(EvidenceKind.FRAMEWORK, True, detail)
