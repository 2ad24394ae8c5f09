"""Tools, agents and models of smolagents, whose spans are called `{class}.{method}`.

Every function under `@tool` becomes an object of one class, so that all their spans are called
`SimpleTool.__call__` and only the arguments' names tell them apart. Agents record their `name`.
Source: MLflow's autologging of smolagents.
"""

from __future__ import annotations

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import MODEL_TYPES, library, named, nameless, own_doing, within
from tracegloss.model.site import Site
from tracegloss.recorded import phrase

_SIMPLE = "SimpleTool.__call__"
_FINAL = "FinalAnswerTool.__call__"


def smolagents(
    features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
) -> Proposal | None:
    """Find the tool's function, the agent's constructor, the agent around a model's call."""
    name = features.name
    if features.function_name is not None or name in names.by_literal:
        return None
    if features.type == "TOOL" and name.endswith(".__call__"):
        return _tool(features, sites, names)
    if features.type == "AGENT" and name.endswith((".run", ".step")):
        own = features.mark("name") or name
        return within("agent", own, features, names, phrase("the agent of this name"))
    if features.library == "smolagents" and features.type in MODEL_TYPES:
        return own_doing(phrase("a model call of the agent around it"))
    return None


def _tool(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    if features.name == _FINAL:
        return library(phrase("the tool that ends a run"))
    if features.name != _SIMPLE:
        return named("tool", features.name, names, phrase("the tool of this class"))
    found = [
        number
        for number in names.of_kind.get("tool", ())
        if sites[number].framework == "smolagents"
    ]
    return nameless(phrase("a function under @tool, whose name is not recorded"), found)
