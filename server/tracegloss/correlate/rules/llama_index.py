"""LlamaIndex: spans are called `{class}.{method}`, of the object that the dispatcher watches.

A class of one's own is its method, a workflow's step the method under `@step`, a tool the function
whose name it records; what a class of LlamaIndex's does is the call that runs it. Source: MLflow's
span handler of LlamaIndex and `llama_index_instrumentation.dispatcher`.
"""

from __future__ import annotations

import re

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import (
    MODEL_TYPES,
    calls,
    library,
    named,
    opens_framework,
    tool_called,
)
from tracegloss.model.site import Site
from tracegloss.recorded import phrase

_METHOD = re.compile(r"[A-Z]\w*\.[A-Za-z_]\w*")
_PLUMBING = re.compile(
    r"(?:BaseWorkflowAgent|AgentWorkflow|\w*OutputParser|\w*Synthesizer|\w*Refine|\w*Splitter"
    r"|\w*NodeParser|TreeSummarize|CompactAndRefine)\.\w+"
)
_TOOL_METHODS = ("Tool.__call__", "Tool.call", "Tool.acall")


def llama_index(
    features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
) -> Proposal | None:
    """Find the method, the step, the tool's function, or the call of an object of LlamaIndex's."""
    name = features.name
    if features.function_name is not None or name in names.by_literal:
        return None
    if not _METHOD.fullmatch(name) or not opens_framework("llama_index", sites, names):
        return None
    tool = features.mark("name")
    if features.type == "TOOL" and tool is not None and name.endswith(_TOOL_METHODS):
        return tool_called(tool, features._replace(library="llama_index"), names)
    if features.type in MODEL_TYPES:
        ours = features.library in {"llamaindex", None}
        return calls("llama_index", features, sites, names) if ours else None
    own = named("module", name, names, phrase("the method of this class"))
    if own is not None:
        return own
    if _PLUMBING.fullmatch(name):
        return library(phrase("a step of LlamaIndex's own"))
    return calls("llama_index", features, sites, names, only_outermost=True)
