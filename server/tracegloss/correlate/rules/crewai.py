"""CrewAI: crews, tasks, agents, flows and tools.

An agent's span is called by its role, a task's by its name (under `@task` the method's), a crew's
by its name or `Crew.kickoff`, a tool's by its name, in snake case when the model called it
natively. Source: MLflow's autologging of CrewAI.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import (
    MODEL_TYPES,
    named,
    nameless,
    opens_framework,
    own_doing,
    registered,
    tool_called,
    within,
)
from tracegloss.model.site import LiteralName, Site
from tracegloss.recorded import phrase

_LONGEST = 64


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
    if features.type == "CHAIN":
        task = within("node", name, features, names, phrase("the task of this name"))
        if task is not None:
            return task
        crew = named("agent", name, names, phrase("the crew of this name"))
        return crew or named("module", name, names, phrase("the flow of this class"))
    return None


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
    """An agent whose role stands in a file of settings is one of those without a role in code."""
    own = within("agent", name, features, names, phrase("the agent of this role"))
    if own is not None:
        return own
    untold = [
        number
        for number in names.of_kind.get("agent", ())
        if sites[number].framework == "crewai" and not sites[number].names
    ]
    return registered(phrase("an agent whose role the code does not tell"), untold)
