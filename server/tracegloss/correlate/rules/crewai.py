"""CrewAI: crews, tasks, agents, flows and tools.

An agent's span is called by its role, a task's by its name (under `@task` the method's), a crew's
by its name or `Crew.kickoff`, a tool's by its name, in snake case when the model called it
natively. Source: MLflow's autologging of CrewAI.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames, fit_of
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import (
    MODEL_TYPES,
    agents_called,
    library,
    named,
    nameless,
    opens_framework,
    own_doing,
    registered,
    tool_called,
    within,
)
from tracegloss.model.site import LiteralName, Site, spot
from tracegloss.recorded import Phrase, phrase

_LONGEST = 64
_MANAGER = "Crew Manager"


def crewai(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    """Find the constructor of an agent, task or crew, the method that builds it, the tool."""
    name = features.name.strip()
    if features.function_name is not None or name in names.by_literal:
        return None
    if features.library == "crewai" and features.type in MODEL_TYPES:
        return own_doing(phrase("a model call of the agent around it"))
    if not opens_framework("crewai", sites, names):
        return None
    if features.type == "TOOL":
        return _tool(name, features, sites, names)
    if features.type == "AGENT":
        return _agent(name, features, sites, names)
    if features.type == "MEMORY":
        return library(phrase("the memory of the agent around it"))
    return _crew(name, features, names) if features.type == "CHAIN" else None


def _crew(name: str, features: SpanFeatures, names: SiteNames) -> Proposal | None:
    task = within("node", name, features, names, phrase("the task of this name"))
    if task is not None:
        return task
    crew = named("agent", name, names, phrase("the crew of this name"))
    return crew or named("module", name, names, phrase("the flow of this class"))


def _tool(
    name: str, features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
) -> Proposal | None:
    if names.framework.get(("tool", name)):
        return tool_called(name, features._replace(library="crewai"), names)
    found = tuple(_sanitized_as(name, sites, names))
    if found:
        return nameless(phrase("the tool of this name, in snake case"), found)
    return tool_called(name, features._replace(library="crewai"), names)


def _sanitized_as(name: str, sites: tuple[Site, ...], names: SiteNames) -> Iterator[int]:
    for number in names.of_kind.get("tool", ()):
        texts = (n.text for n in sites[number].names if isinstance(n, LiteralName))
        if any(sanitized(text) == name for text in texts):
            yield number


def sanitized(name: str) -> str:
    """Write a tool's name as CrewAI gives it to models: snake case, at most 64 characters."""
    snake = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    return re.sub(r"_+", "_", re.sub(r"[^a-z0-9_]", "_", snake)).strip("_")[:_LONGEST]


def _agent(
    name: str, features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
) -> Proposal | None:
    """An agent of whose role nothing is told is one of those without a role."""
    told = names.framework.get(("agent", name), ())
    filled = tuple(_filled_as(name, sites, names))
    if told or filled:
        proposal = registered(_role(sites, (*told, *filled)), (*told, *filled))
        return proposal if name == features.name else replace(proposal, called=name)
    untold = [
        number
        for number in names.of_kind.get("agent", ())
        if sites[number].framework == "crewai" and not sites[number].names
    ]
    if not untold and name == _MANAGER:
        return library(phrase("the manager that a hierarchical crew makes for itself"))
    if not untold:
        return agents_called(name, "crewai", features, sites, names)
    return registered(phrase("an agent whose role the code does not tell"), untold)


def _filled_as(name: str, sites: tuple[Site, ...], names: SiteNames) -> Iterator[int]:
    """Yield the agents whose role holds `{variables}` that a run filled in."""
    for number in names.of_kind.get("agent", ()):
        is_crew = sites[number].framework == "crewai"
        if is_crew and fit_of(sites[number], name).how == "pattern":
            yield number


def _role(sites: tuple[Site, ...], found: tuple[int, ...]) -> Phrase:
    place = sites[found[0]].secondary if len(found) == 1 else None
    if place is None:
        return phrase("the agent of this role")
    return phrase("the agent of this role, which {spot} tells", spot=spot(place))
