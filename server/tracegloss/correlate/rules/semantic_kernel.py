"""Semantic Kernel: calls of a kernel, and functions of its plugins.

MLflow makes `Kernel.invoke` and `Kernel.invoke_prompt`; the kernel's own spans follow the GenAI
conventions and name a function as `{plugin}-{function}`.
"""

from __future__ import annotations

from msgspec.structs import replace

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames, fit_of
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import (
    MODEL_TYPES,
    calls,
    library,
    opens_framework,
    own_doing,
    run_by,
    tool_called,
    within,
)
from tracegloss.model.site import Site
from tracegloss.recorded import phrase

_INVOKED = ("Kernel.invoke", "Kernel.invoke_prompt")
_EXECUTES = "execute_tool "
_LOOP = "AutoFunctionInvocationLoop"


def semantic_kernel(
    features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
) -> Proposal | None:
    """Find the call of the kernel, the method of the plugin."""
    if features.function_name is not None or features.name in names.by_literal:
        return None
    if not opens_framework("semantic_kernel", sites, names):
        return None
    if features.name in _INVOKED:
        found = calls("semantic_kernel", features, sites, names, only_outermost=True)
        asked = tuple(n for n in found.sites if _may_ask(sites[n], features))
        return replace(found, sites=asked)
    if features.name == _LOOP:
        return library(phrase("calls the functions that a model asks for"))
    if features.library != "opentelemetry":
        return None
    if features.type in MODEL_TYPES:
        return _asked(sites, names)
    tool = features.mark("tool")
    if tool is None or not features.name.startswith(_EXECUTES):
        return None
    return _function(tool, features, names)


def _may_ask(site: Site, features: SpanFeatures) -> bool:
    """Tell whether a call names no other function, and no other plugin, than the span's."""
    recorded = ((key, features.mark(key.removesuffix("_name"))) for key, _ in site.attributes)
    own = dict(site.attributes)
    return all(name is None or own[key] == name for key, name in recorded)


def _asked(sites: tuple[Site, ...], names: SiteNames) -> Proposal:
    """A service is asked by a line of one's own, or by the agent, prompt or kernel around it."""
    found = run_by("semantic_kernel", sites, names)
    asking = tuple(n for n in found.sites if not _invokes(sites[n]))
    return replace(found, sites=asking, only_outermost=False)


def _invokes(site: Site) -> bool:
    return any(fit_of(site, name).how != "none" for name in _INVOKED)


def _function(tool: str, features: SpanFeatures, names: SiteNames) -> Proposal:
    """A function is called by its plugin's name and its own, one of a prompt's by its own alone."""
    _, _, function = tool.partition("-")
    if not function:
        return own_doing(phrase("the prompt of the call around it"))
    whole = within("tool", tool, features, names, phrase("the function of this plugin"))
    prompt = within("agent", function, features, names, phrase("the prompt of this name"))
    own = whole or prompt
    return own or tool_called(function, features, names) or library(phrase("a function"))
