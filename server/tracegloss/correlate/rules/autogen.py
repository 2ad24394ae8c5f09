"""AutoGen's AgentChat and AG2: agents by their names, and the model calls they make.

AgentChat's spans are `{agent}.run`, `{agent}.on_messages` and `{client}.create`; AG2's are called
like the agent, `initiate_chat`, `chat_completion`, and tools like their function. Source: MLflow's
autologging of either.
"""

from __future__ import annotations

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import (
    MODEL_TYPES,
    agents_called,
    opens_framework,
    own_doing,
    run_by,
)
from tracegloss.model.site import Site
from tracegloss.recorded import phrase

_METHODS = (".run", ".on_messages")
_CHAT = "initiate_chat"


def autogen(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    """Find the agent's constructor, the agent around a model's call, the call that began a chat."""
    name = features.name
    if features.function_name is not None or name in names.by_literal:
        return None
    if features.library in {"autogen", "ag2"} and features.type in MODEL_TYPES:
        return own_doing(phrase("a model call of the agent around it"))
    if not opens_framework("autogen", sites, names):
        return None
    if name == _CHAT and features.type != "AGENT":
        return run_by("autogen", sites, names)
    if features.type != "AGENT":
        return None
    agent = name.rpartition(".")[0] if name.endswith(_METHODS) else name
    return agents_called(agent, "autogen", features, sites, names)
