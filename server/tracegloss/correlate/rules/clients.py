"""Clients of models: OpenAI, Anthropic, LiteLLM and their like.

A span is named after the client's class (`Completions`), its class and method (`Messages.create`)
or the kind of call (`litellm-completion`), and records the call's keyword arguments as inputs, in
the order they were written. Source: MLflow's autologging of each client.
"""

from __future__ import annotations

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import MODEL_TYPES, calls
from tracegloss.model.site import Site

_TYPES = MODEL_TYPES | {"TOOL"}
# Spans of these carry no word of their library.
_PLAIN = frozenset({"Embeddings", "AsyncEmbeddings", "Images", "AsyncImages"})
_FORMATS = {"openai": "openai", "anthropic": "anthropic", "litellm": "litellm"}


def clients(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    """Find the call of a model's client in the function above."""
    if features.function_name is not None or features.type not in _TYPES:
        return None
    framework = _FORMATS.get(features.library or "")
    if framework is None and features.library is None and features.name in _PLAIN:
        framework = "openai"
    return None if framework is None else calls(framework, features, sites, names)
