"""Which files, not indexed so far, might settle what is still open."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from tracegloss.index.repo import RepoIndex
from tracegloss.model.resolution import Ambiguous, Confidence, Resolution, Resolved
from tracegloss.tree import SpanTree

MOST_WANTED = 64


def wanted_files(
    tree: SpanTree,
    resolutions: Mapping[str, Resolution],
    index: RepoIndex,
    lost_calls: Collection[str] = (),
) -> frozenset[str]:
    """Name the unindexed files of open spans and their parents, and those that they import.

    `lost_calls` are spans of model calls that nothing indexed makes: a helper may.
    """
    files: dict[str, None] = {}
    is_open: dict[int, bool] = {}
    for span_id, resolution in resolutions.items():
        # Equal spans share one resolution, so that most were asked before.
        known = is_open.get(id(resolution))
        if known is None:
            known = is_open[id(resolution)] = _is_open(resolution)
        if known or span_id in lost_calls:
            files.update(dict.fromkeys(_paths(resolution)))
            parent = tree.parents.get(span_id)
            if parent is not None:
                files.update(dict.fromkeys(_paths(resolutions[parent])))
    wanted: dict[str, None] = {}
    for path in files:
        if path not in index.indexed and path in index.files:
            wanted[path] = None
        wanted.update(dict.fromkeys(sorted(index.unindexed_imports.get(path, ()))))
    return frozenset(list(wanted)[:MOST_WANTED])


def _is_open(resolution: Resolution) -> bool:
    if isinstance(resolution, Resolved):
        return resolution.confidence is Confidence.WEAK and bool(resolution.alternatives)
    return isinstance(resolution, Ambiguous)


def _paths(resolution: Resolution) -> Iterator[str]:
    if isinstance(resolution, Resolved):
        yield resolution.site.at.path
    elif isinstance(resolution, Ambiguous):
        for candidate in resolution.candidates:
            yield candidate.site.at.path
