"""Correlates a recorded trace with its repository, and beside it parses the trace's JSON.

Arguments: the repository, the trace's file, then shares of the trace (0.5: its first half of days).
"""

from __future__ import annotations

import gc
import json
import sys
from functools import partial
from pathlib import Path

from bench.probes.reporting import Stopwatch
from tracegloss.index.build import IndexState, index_folder
from tracegloss.index.store.store import cache_folder
from tracegloss.model.settings import Settings
from tracegloss.model.trace import Trace
from tracegloss.traces.decode import decode_traces
from tracegloss.tree import span_tree
from tracegloss.workspace.root import read_within
from tracegloss.workspace.texts import Texts
from tracegloss.workspace.tree_code import TreeCode


def correlate_fully(root: Path, trace: Trace, build: IndexState) -> None:
    """Do what `correlate` does between the decoded trace and the findings."""
    texts = Texts.below(root)
    code = TreeCode(build, partial(read_within, root))
    code.correlate(trace, span_tree(trace), texts, Settings(), ())


def share_of(document: bytes, share: float) -> bytes:
    """Return a trace with a share of what stands below its root, the first ones."""
    trace = json.loads(document)
    spans = trace["data"]["spans"]
    parents = {span["span_id"]: span["parent_span_id"] for span in spans}
    [root] = (span for span, parent in parents.items() if not parent)
    below = [span for span, parent in parents.items() if parent == root]
    kept = set(below[: round(len(below) * share)])
    trace["data"]["spans"] = [
        span for span in spans if span["span_id"] == root or _top(span["span_id"], parents) in kept
    ]
    return json.dumps(trace).encode()


def _top(span: str, parents: dict[str, str]) -> str:
    """Return the ancestor of a span, or itself, that stands right below the root."""
    while parents[parents[span]]:
        span = parents[span]
    return span


def main() -> None:
    root, file, shares = Path(sys.argv[1]), Path(sys.argv[2]), [float(s) for s in sys.argv[3:]]
    document = file.read_bytes()
    watch = Stopwatch()
    if not shares:
        watch.time("json.loads", lambda: json.loads(document))
        _correlating(watch, "correlating", root, document)
    for share in shares:
        _correlating(watch, f"{share:g}", root, share_of(document, share))
    watch.report()


def _correlating(watch: Stopwatch, name: str, root: Path, document: bytes) -> None:
    build = index_folder(root, (), cache_folder())
    [trace] = decode_traces(document, "bench")
    correlate_fully(root, trace, build)  # what functions do is known from then on
    gc.collect()
    watch.time(name, lambda: correlate_fully(root, trace, build))


if __name__ == "__main__":
    main()
