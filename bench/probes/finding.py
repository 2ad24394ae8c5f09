"""Opens a file in a repository whose index is cached and waits for its findings.

Arguments: the folder, the tracking address, the experiment, then the file; without a file the
first one that has findings is printed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bench.probes.reporting import print_seconds
from bench.probes.speaking import OURS, Conversation, Message


def has_findings(said: Message) -> bool:
    is_published = said.get("method") == "textDocument/publishDiagnostics"
    return is_published and bool(said["params"]["diagnostics"])


def main() -> None:
    root, uri, experiment = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    with Conversation(OURS, root, trackingUri=uri, experiment=experiment) as server:
        if len(sys.argv) == 4:
            found = server.until(has_findings).message["params"]["uri"]
            print(found.removeprefix(f"{root.as_uri()}/"))
            return
        path = sys.argv[4]
        opened = server.open(path)
        found = server.until(
            lambda said: has_findings(said) and said["params"]["uri"] == server.uri(path)
        )
    print_seconds({"findings": found.at - opened})


if __name__ == "__main__":
    main()
