"""Which text each function had that a trace was laid on, to be compared with later texts."""

from __future__ import annotations

from tracegloss.index.repo import RepoIndex
from tracegloss.model.resolution import Correlation, Resolved
from tracegloss.model.site import FunctionId


def text_hashes(correlation: Correlation, index: RepoIndex) -> dict[FunctionId, str]:
    """Return the hashes of the functions that resolved spans belong to, for `TraceOnCode`."""
    sites = (r.site for r in correlation.resolutions.values() if isinstance(r, Resolved))
    entered = {site.function for site in sites if site.function is not None}
    known = ((function, index.functions.get(function)) for function in entered)
    return {function: entry.text_hash for function, entry in known if entry is not None}
