"""Types into an open file of 5,000 lines and asks at once for what an editor shows of it.

Arguments: the folder with `many.py` and `trace.json`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median

from bench.probes.reporting import print_seconds
from bench.probes.speaking import OURS, Conversation, at_position
from tracegloss.syntax.parse import parse

PATH = "many.py"
EDITS, OPENED_STRINGS, SECONDS_TO_WATCH = 21, 5, 0.6
EVERYWHERE = {"start": {"line": 0, "character": 0}, "end": {"line": 100_000, "character": 0}}


class Typist:
    """Someone who types into one file and takes it back."""

    def __init__(self, server: Conversation) -> None:
        self.server, self.uri = server, server.uri(PATH)
        self._version = 1

    def write(self, line: int, character: int, text: str, instead_of: int = 0) -> float:
        """Put a text in the place of as many characters; gives when."""
        self._version += 1
        start = {"line": line, "character": character}
        end = {"line": line, "character": character + instead_of}
        change = {"range": {"start": start, "end": end}, "text": text}
        document = {"uri": self.uri, "version": self._version}
        return self.server.tell(
            "textDocument/didChange", {"textDocument": document, "contentChanges": [change]}
        )

    def hints(self) -> None:
        document = {"textDocument": {"uri": self.uri}, "range": EVERYWHERE}
        self.server.ask("textDocument/inlayHint", document)


def hints_after_an_edit(typist: Typist, line: int) -> float:
    """Insert a letter into an identifier and wait for the hints of the new text."""
    taken = []
    for _ in range(EDITS):
        sent = typist.write(line, 6, "x")
        typist.hints()
        taken.append(time.perf_counter() - sent)
        typist.write(line, 6, "", instead_of=1)
        typist.hints()
    return median(taken)


def longest_wait_after_an_opened_string(typist: Typist, line: int) -> float:
    """Open a string that nobody closes and hover without pause while the text is read anew."""
    longest = []
    for _ in range(OPENED_STRINGS):
        sent = typist.write(line, 4, '"""')
        waits = []
        while time.perf_counter() < sent + SECONDS_TO_WATCH:
            place = at_position(typist.uri, line - 1, 6)
            waits.append(typist.server.ask("textDocument/hover", place).at)
        typist.write(line, 4, "", instead_of=3)
        typist.hints()
        time.sleep(SECONDS_TO_WATCH)
        longest.append(max(waits))
    return median(longest)


def full_parse(source: bytes) -> float:
    """Give how long the whole file takes to parse."""
    taken = []
    for _ in range(EDITS):
        started = time.perf_counter()
        parse(source)
        taken.append(time.perf_counter() - started)
    return median(taken)


def main() -> None:
    root = Path(sys.argv[1])
    source = (root / PATH).read_bytes()
    rows = source.decode().splitlines()
    middle = next(n for n in range(len(rows) // 2, len(rows)) if rows[n].startswith("    words"))
    with Conversation(OURS, root) as server:
        server.open(PATH)
        server.ready()
        server.ask("tracegloss/openTraceFile", {"uri": server.uri("trace.json")})
        typist = Typist(server)
        typist.hints()
        edit = hints_after_an_edit(typist, middle)
        opened = longest_wait_after_an_opened_string(typist, middle)
    print_seconds({"edit": edit, "opened string": opened, "full parse": full_parse(source)})


if __name__ == "__main__":
    main()
