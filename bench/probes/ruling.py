"""Correlates a framework's trace many times over, and tells the share that the rules take.

Arguments: the repository, the trace's file, how often its spans are repeated.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.probes.correlating import correlate_fully
from bench.probes.reporting import print_seconds
from tracegloss.correlate import candidates
from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal, Rule
from tracegloss.index.build import index_folder
from tracegloss.index.store.store import cache_folder
from tracegloss.model.site import Site
from tracegloss.traces.decode import decode_traces


class _Spent:
    """The seconds that all rules took so far."""

    seconds = 0.0

    def timed(self, rule: Rule) -> Rule:
        """Let a rule count what it takes."""

        def ruled(
            features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
        ) -> Proposal | None:
            start = time.process_time()
            found = rule(features, sites, names)
            self.seconds += time.process_time() - start
            return found

        return ruled


def repeated(document: bytes, times: int) -> bytes:
    """Return a trace whose spans below the root stand there many times over."""
    trace = json.loads(document)
    spans = trace["data"]["spans"]
    [root] = (span for span in spans if not span["parent_span_id"])
    below = [span for span in spans if span is not root]
    copies = [root]
    for number in range(times):
        copies += [_copy(span, root["span_id"], number) for span in below]
    trace["data"]["spans"] = copies
    return json.dumps(trace).encode()


def _copy(span: dict[str, object], root: str, number: int) -> dict[str, object]:
    parent = str(span["parent_span_id"])
    return {
        **span,
        "span_id": _changed(str(span["span_id"]), number),
        "parent_span_id": parent if parent == root else _changed(parent, number),
    }


def _changed(span_id: str, number: int) -> str:
    """Give an id another beginning; ids are base64 of eight bytes."""
    return f"{number:05x}".translate(_LETTERS) + span_id[5:]


_LETTERS = str.maketrans("0123456789abcdef", "ABCDEFGHIJKLMNOP")


def main() -> None:
    root, file, times = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    [trace] = decode_traces(repeated(file.read_bytes(), times), "bench")
    build = index_folder(root, (), cache_folder())
    correlate_fully(root, trace, build)
    print_seconds(time_of_rules(lambda: correlate_fully(root, trace, build)))


def time_of_rules(work: Callable[[], None]) -> dict[str, float]:
    """Give the seconds of processor time that the rules took, and the whole work."""
    spent, within = _Spent(), vars(candidates)
    plain = within["RULES"]
    within["RULES"] = tuple(map(spent.timed, plain))
    start = time.process_time()
    try:
        work()
    finally:
        within["RULES"] = plain
    return {"rules": spent.seconds, "correlating": time.process_time() - start}


if __name__ == "__main__":
    main()
