"""OpenAI's agents.

A run is `AgentRunner.run`, below it the workflow (`Agent workflow` by default), an agent by its
name, turns (`Unknown`), tools and guardrails by theirs, `Handoff`, and a model's `Response` or
`Generation`. Source: MLflow's processor of the SDK's traces; only agents carry attributes.
"""

from __future__ import annotations

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import calls, elsewhere, library, named, own_doing
from tracegloss.model.site import Site
from tracegloss.recorded import phrase

_WORKFLOW = "Agent workflow"
_RUN = "AgentRunner.run"
_MODELS = frozenset({"Response", "Generation"})


def openai_agents(
    features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
) -> Proposal | None:
    """Find the run's call, the agent's constructor, the guardrail's function."""
    if features.function_name is not None or features.name in names.by_literal:
        return None
    if features.name.startswith(_RUN) and features.type == "AGENT":
        return calls("openai-agents", features, sites, names, only_outermost=True)
    if features.library == "openai-agents":
        agent = named("agent", features.name, names, phrase("the agent of this name"))
        return agent or elsewhere(phrase("no agent of this name is built in this workspace"))
    if features.type == "GUARDRAIL":
        return named("edge", features.name, names, phrase("the guardrail of this name"))
    if features.type == "CHAT_MODEL" and (
        features.library == "openai-agent" or features.name in _MODELS
    ):
        return own_doing(phrase("a model call of the agent around it"))
    return _plumbing(features)


def _plumbing(features: SpanFeatures) -> Proposal | None:
    if features.type != "CHAIN":
        return None
    if features.name == "Handoff" and features.input_keys == ("from_agent",):
        return own_doing(phrase("a handoff of the agent around it"))
    if features.name in {_WORKFLOW, "Unknown"} and features.input_keys is None:
        return library(phrase("a step of the agents' runner"))
    return None
