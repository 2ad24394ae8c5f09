"""Hovers over sites with fifty traces loaded, in turn with a server whose answer is constant.

Arguments: the folder, the tracking address, the experiment.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median, quantiles

from bench.probes.reporting import print_seconds
from bench.probes.speaking import EMPTY, OURS, Conversation, at_position

TRACES, AT_ONCE, HOVERS = 50, 20, 200


def load_all(server: Conversation) -> None:
    """Load the newest traces, whatever the server chose by itself."""
    server.loaded(1)
    listed = server.ask("tracegloss/traces/list", {"limit": TRACES}).message["result"]["traces"]
    ids = [each["traceId"] for each in listed]
    for start in range(0, len(ids), AT_ONCE):
        server.ask("tracegloss/traces/load", {"traceIds": ids[start : start + AT_ONCE]})
    server.loaded(TRACES)


def places(server: Conversation) -> list[tuple[str, int, int]]:
    """Return where spans of the loaded traces were made: URI, line and character."""
    symbols = server.ask("workspace/symbol", {"query": ""}).message["result"]
    starts = [(s["location"]["uri"], s["location"]["range"]["start"]) for s in symbols]
    return sorted({(uri, start["line"], start["character"]) for uri, start in starts})


def main() -> None:
    root, uri, experiment = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    with (
        Conversation(OURS, root, trackingUri=uri, experiment=experiment) as ours,
        Conversation(EMPTY, root) as empty,
    ):
        load_all(ours)
        found = [at_position(*each) for each in places(ours)]
        for path in {each["textDocument"]["uri"] for each in found}:
            ours.open(path.removeprefix(f"{root.as_uri()}/"))
        told = [each for each in found if ours.ask("textDocument/hover", each).message["result"]]
        taken: dict[str, list[float]] = {"ours": [], "empty": []}
        for n in range(HOVERS):
            params = told[n % len(told)]
            taken["ours"].append(ours.ask("textDocument/hover", params).at)
            taken["empty"].append(empty.ask("textDocument/hover", params).at)
    print_seconds(
        {
            "hover": median(taken["ours"]),
            "constant hover": median(taken["empty"]),
            "slow hover": quantiles(taken["ours"], n=20)[-1],
        }
    )


if __name__ == "__main__":
    main()
