"""Clients of models: OpenAI, Anthropic, LiteLLM, Gemini, Groq, Mistral, Bedrock and their like.

A span is named after the client's class (`Completions`), its class and method (`Messages.create`)
or the kind of call (`litellm-completion`), and records the call's keyword arguments as inputs, in
the order they were written. Source: MLflow's autologging of each client.
"""

from __future__ import annotations

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import MODEL_TYPES, calls, own_doing
from tracegloss.model.site import Site
from tracegloss.recorded import phrase

_TYPES = MODEL_TYPES | {"TOOL"}
# Spans of these carry no word of their library.
_PLAIN = frozenset({"Embeddings", "AsyncEmbeddings", "Images", "AsyncImages"})
_FORMATS = {
    "openai": "openai",
    "groq": "openai",  # written alike, and mostly through the same helpers
    "anthropic": "anthropic",
    "litellm": "litellm",
    "gemini": "gemini",
    "mistral": "mistral",
    "bedrock": "bedrock",
}
_BEDROCK = "BedrockRuntime."
_INNER = "._generate_content"  # Gemini's client calls it within `generate_content`


def clients(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    """Find the call of a model's client in the function above."""
    if features.function_name is not None:
        return None
    if features.name.startswith(_BEDROCK) and features.name not in names.by_literal:
        return calls("bedrock", features, sites, names)
    if features.type not in _TYPES:
        return None
    if features.library == "gemini" and features.name.endswith(_INNER):
        return own_doing(phrase("a request of the call around it"))
    framework = _FORMATS.get(features.library or "")
    if framework is None and features.library is None and features.name in _PLAIN:
        framework = "openai"
    return None if framework is None else calls(framework, features, sites, names)
