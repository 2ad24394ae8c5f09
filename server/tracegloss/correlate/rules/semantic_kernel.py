"""Semantic Kernel: calls of a kernel, and functions of its plugins.

MLflow makes `Kernel.invoke` and `Kernel.invoke_prompt`; the kernel's own spans follow the GenAI
conventions and name a function as `{plugin}-{function}`.
"""

from __future__ import annotations

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import opens_framework, run_by, tool_called
from tracegloss.model.site import Site

_INVOKED = frozenset({"Kernel.invoke", "Kernel.invoke_prompt"})


def semantic_kernel(
    features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
) -> Proposal | None:
    """Find the call of the kernel, the method of the plugin."""
    if features.function_name is not None or features.name in names.by_literal:
        return None
    if not opens_framework("semantic_kernel", sites, names):
        return None
    if features.name in _INVOKED:
        return run_by("semantic_kernel", sites, names)
    tool = features.mark("tool")
    if tool is None or "-" not in tool or features.library != "opentelemetry":
        return None
    return tool_called(tool.partition("-")[2], features, names)
