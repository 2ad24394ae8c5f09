"""Asks for the lenses of 2,000 functions that ran, in turn with a server that has them ready.

Arguments: the folder with `many.py` and `trace.json`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from bench.probes.reporting import print_seconds
from bench.probes.speaking import EMPTY, OURS, Conversation

TURNS, LENSES = 11, 2_000


def main() -> None:
    root = Path(sys.argv[1])
    with Conversation(OURS, root, show="lens") as ours, Conversation(EMPTY, root) as empty:
        ours.open("many.py")
        ours.ready()
        ours.ask("tracegloss/openTraceFile", {"uri": ours.uri("trace.json")})
        document = {"textDocument": {"uri": ours.uri("many.py")}}
        taken: dict[str, list[float]] = {"lenses": [], "constant lenses": []}
        for _ in range(TURNS):
            for name, server in (("lenses", ours), ("constant lenses", empty)):
                answer = server.ask("textDocument/codeLens", document)
                if len(answer.message["result"]) < LENSES:
                    sys.exit(f"{len(answer.message['result'])} lenses")
                taken[name].append(answer.at)
    print_seconds({name: median(each) for name, each in taken.items()})


if __name__ == "__main__":
    main()
