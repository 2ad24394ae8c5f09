"""Asks for hovers without pause while a repository is indexed and traces are read and laid.

An empty server is asked in turn: what its longest answer takes is the machine's, and taken off.
Arguments: the folder, the tracking address, the experiment, and a file with a huge trace.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from bench.probes.reporting import print_seconds
from bench.probes.speaking import EMPTY, OURS, Conversation, at_position

NOWHERE = at_position("untitled:nowhere", 0, 0)


class Heartbeat:
    """The longest answer to a hover of each server, asked in turn in a thread of its own."""

    def __init__(self, *servers: Conversation) -> None:
        self.longest = [0.0] * len(servers)
        self._servers = servers
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._beat)
        self._thread.start()

    def _beat(self) -> None:
        while not self._is_over.is_set():
            for n, server in enumerate(self._servers):
                self.longest[n] = max(self.longest[n], server.ask("textDocument/hover", NOWHERE).at)

    def end(self) -> None:
        self._is_over.set()
        self._thread.join()


def main() -> None:
    root, uri, experiment, huge = Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4])
    with (
        Conversation(OURS, root, trackingUri=uri, experiment=experiment) as ours,
        Conversation(EMPTY, root) as empty,
    ):
        heartbeat = Heartbeat(ours, empty)
        ours.loaded(1)
        ours.ask("tracegloss/openTraceFile", {"uri": huge.as_uri()})
        heartbeat.end()
    busy, empty_longest = heartbeat.longest
    print_seconds({"wait": max(0.0, busy - empty_longest), "empty wait": empty_longest})


if __name__ == "__main__":
    main()
