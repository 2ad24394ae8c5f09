"""Tools that a framework ran and that nobody here defines: MCP servers, catalogs, remote agents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracegloss.correlate.candidates import CandidateSet
from tracegloss.model.resolution import Resolution, Unresolved
from tracegloss.model.site import LiteralName, Site
from tracegloss.recorded import phrase
from tracegloss.tree import SpanTree


def with_foreign_tools(
    tree: SpanTree,
    resolutions: dict[str, Resolution],
    class_of: Mapping[str, int],
    found: Sequence[CandidateSet],
    sites: Sequence[Site],
) -> None:
    """Say of tools directly below a framework's own span that they are of other code.

    Only of those that nothing here could have made: while tools of variable names are registered
    here, an unknown one may be theirs. Some frameworks write no word of theirs on such spans.
    """
    tools = {number for number, candidates in enumerate(found) if _is_unknown_tool(candidates)}
    if not tools or any(_is_of_variable_name(site) for site in sites):
        return
    said = phrase("no tool of this name is defined in this workspace")
    for span_id, resolution in resolutions.items():
        if class_of[span_id] not in tools or not isinstance(resolution, Unresolved):
            continue
        parent = tree.parents.get(span_id)
        if parent is None or resolution.reason != "unknown":
            continue
        proposal = found[class_of[parent]].proposal
        if proposal is not None and proposal.final:
            resolutions[span_id] = Unresolved("other-repository", said)


def _is_unknown_tool(candidates: CandidateSet) -> bool:
    features = candidates.features
    is_tool = features.type == "TOOL" and features.function_name is None
    return is_tool and candidates.proposal is None and not candidates.evidence


def _is_of_variable_name(site: Site) -> bool:
    return site.kind == "tool" and not any(isinstance(n, LiteralName) for n in site.names)
