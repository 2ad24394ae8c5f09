"""Haystack: pipelines and their components.

A component's span is called like its class, and records the name it was added under
(`haystack.component.name`) and the class's dotted path. Source: `haystack.tracing` and MLflow's
span processor for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import elsewhere, registered, run_by, within
from tracegloss.model.site import Site
from tracegloss.recorded import phrase

_RUNS = frozenset({"haystack.pipeline.run", "haystack.async_pipeline.run"})


def haystack(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    """Find the component's method, else the line that added it; of a pipeline the call."""
    if features.name in _RUNS and features.name not in names.by_literal:
        return _run(features, sites, names)
    component, path = features.mark("component"), features.mark("class")
    if features.library != "haystack" or component is None:
        return None
    module, _, name = (path or "").rpartition(".")
    own = names.framework.get(("module", name), ())
    found = tuple(_in_module(module, own, sites)) if module else own
    if found:
        return registered(phrase("the component of this class"), found)
    added = within("node", component, features, names, phrase("the component added by this name"))
    return added or elsewhere(phrase("no component of this name is added in this workspace"))


def _run(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal:
    """A run's inputs are keyed by all its components, which the code may name beside the call."""
    proposal = run_by("haystack", sites, names)
    recorded = frozenset(features.input_keys or ())
    same = tuple(n for n in proposal.sites if frozenset(sites[n].members) == recorded)
    open_ones = tuple(n for n in proposal.sites if not sites[n].members)
    return replace(proposal, sites=same or open_ones)


def _in_module(module: str, numbers: Iterable[int], sites: tuple[Site, ...]) -> Iterator[int]:
    """Keep the sites whose file a dotted module may be; a program's own is `__main__`."""
    file = module.replace(".", "/")
    for number in numbers:
        path = sites[number].at.path.removesuffix(".py").removesuffix("/__init__")
        if module == "__main__" or f"/{path}".endswith(f"/{file}"):
            yield number
