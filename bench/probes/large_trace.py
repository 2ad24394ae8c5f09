"""Loads a trace of 30,000 spans and asks for everything an editor shows of it.

Arguments: the folder and the trace's file.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bench.probes.hovering import places
from bench.probes.reporting import print_seconds
from bench.probes.speaking import OURS, Conversation, at_position

FEWEST_SPANS, PAGE = 30_000, 500
EVERYWHERE = {"start": {"line": 0, "character": 0}, "end": {"line": 100_000, "character": 0}}


def show(server: Conversation, trace_id: str) -> None:
    """Ask for a page of spans, details, hovers and hints."""
    page = server.ask("tracegloss/traces/spans", {"traceId": trace_id, "limit": PAGE})
    if page.message["result"]["total"] < FEWEST_SPANS:
        sys.exit(f"only {page.message['result']['total']} spans")
    for row in page.message["result"]["rows"][:20]:
        named = {"traceId": trace_id, "spanId": row["spanId"]}
        server.ask("tracegloss/span/detail", named)
        server.ask("tracegloss/spanLocation", named)
    for uri, line, character in places(server):
        server.ask("textDocument/hover", at_position(uri, line, character))
        document = {"textDocument": {"uri": uri}}
        server.ask("textDocument/inlayHint", {**document, "range": EVERYWHERE})
        server.ask("textDocument/codeLens", document)


def main() -> None:
    root, file = Path(sys.argv[1]), Path(sys.argv[2])
    with Conversation(OURS, root, follow="off") as server:
        server.ready()
        loaded = server.ask("tracegloss/openTraceFile", {"uri": file.as_uri()})
        [trace_id] = loaded.message["result"]["traceIds"]
        server.loaded(1)
        show(server, trace_id)
        largest = max(heard.size for heard in server.heard)
    print_seconds({"30,000 spans": loaded.at}, largest / 1e6)


if __name__ == "__main__":
    main()
