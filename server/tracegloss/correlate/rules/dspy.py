"""DSPy.

Spans are called `{class}.forward` for every module, `{class}.__call__` for a model, `Tool.{name}`,
and `.format` and `.parse` of an adapter. Source: MLflow's callback for DSPy. A module of one's own
is its method `forward`; one of DSPy's (`Predict`, `ChainOfThought`) is the call that runs it.
"""

from __future__ import annotations

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import calls, library, named, tool_called
from tracegloss.model.site import Site
from tracegloss.recorded import phrase

_TOOL = "Tool."
_ADAPTER = ("Adapter.format", "Adapter.parse")


def dspy(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    """Find a module's method, the call of a module of DSPy's, a tool's function."""
    if features.function_name is not None or features.name in names.by_literal:
        return None
    name = features.name
    if name.startswith(_TOOL) and features.type == "TOOL":
        return tool_called(name.removeprefix(_TOOL), features._replace(library="dspy"), names)
    if name.endswith(_ADAPTER) and features.type == "PARSER":
        return library(phrase("an adapter of DSPy"))
    if features.library == "dspy":
        return calls("dspy", features, sites, names)
    if name.endswith(".forward"):
        own = named("module", name, names, phrase("the module of this class"))
        return own or calls("dspy", features, sites, names, only_outermost=True)
    return None
