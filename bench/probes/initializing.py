"""Starts a server, ours and an empty one in turn, until each has answered `initialize`.

Arguments: the folder that is opened.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bench.probes.reporting import print_seconds
from bench.probes.speaking import EMPTY, OURS, Conversation


def main() -> None:
    root, seconds = Path(sys.argv[1]), {}
    for name, command in (("empty pygls server", EMPTY), ("tracegloss lsp", OURS)):
        with Conversation(command, root) as server:
            seconds[name] = server.heard[0].at - server.started
    print_seconds(seconds)


if __name__ == "__main__":
    main()
