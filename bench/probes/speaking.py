"""An editor that measures: starts a language server and takes the time of what comes back."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from msgspec import Struct

OURS = (str(Path(sys.executable).with_name("tracegloss")), "lsp")
EMPTY = (sys.executable, str(Path(__file__).with_name("empty_server.py")))
LONGEST_S = 300.0
CAPABILITIES = {
    "workspace": {"configuration": True},
    "textDocument": {"codeLens": {}, "hover": {"contentFormat": ["markdown"]}},
}

Message = dict[str, Any]


class Heard(Struct, frozen=True):
    """A message from the server; `at` is when its last byte was here, in seconds."""

    at: float
    size: int
    message: Message


class Conversation:
    """One server with one folder open; everything it said is kept, and its questions answered."""

    def __init__(self, command: Sequence[str], root: Path, **options: object) -> None:
        self.heard: list[Heard] = []
        self._root, self._options = root, options
        self._news = threading.Condition()
        self._writing = threading.Lock()
        self._n_asked = 0
        self._is_gone = False
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        threading.Thread(target=self._read, daemon=True).start()
        uri = root.as_uri()
        self.initialized = self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": uri,
                "capabilities": CAPABILITIES,
                "initializationOptions": options,
                "workspaceFolders": [{"uri": uri, "name": root.name}],
            },
        )
        self.tell("initialized", {})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def uri(self, path: str) -> str:
        return (self._root / path).as_uri()

    def tell(self, method: str, params: object) -> float:
        """Send a notification; gives when."""
        return self._send({"method": method, "params": params})

    def ask(self, method: str, params: object) -> Heard:
        """Send a request and give the answer; `at` is how long it took."""
        self._n_asked += 1
        number = self._n_asked
        sent = self._send({"id": number, "method": method, "params": params})
        answer = self.until(lambda said: said.get("id") == number and "method" not in said)
        if "error" in answer.message:
            raise RuntimeError(f"{method}: {answer.message['error']}")
        return Heard(answer.at - sent, answer.size, answer.message)

    def open(self, path: str, language: str = "python") -> float:
        """Open a file; gives when."""
        text = (self._root / path).read_text("utf-8")
        document = {"uri": self.uri(path), "languageId": language, "version": 1, "text": text}
        return self.tell("textDocument/didOpen", {"textDocument": document})

    def until(self, wanted: Callable[[Message], object], since: float = 0.0) -> Heard:
        """Wait for a message that came after `since`, or give the first that did."""
        seen = 0
        with self._news:
            while True:
                for heard in self.heard[seen:]:
                    if heard.at > since and wanted(heard.message):
                        return heard
                seen = len(self.heard)
                if self._is_gone or not self._news.wait(LONGEST_S):
                    raise RuntimeError("the server is gone, or said nothing for too long")

    def ready(self) -> Heard:
        """Wait until the folder is indexed."""
        return self.until(
            lambda said: (
                said.get("method") == "tracegloss/status" and said["params"]["state"] != "indexing"
            )
        )

    def loaded(self, traces: int) -> Heard:
        """Wait until so many traces are shown."""
        return self.until(
            lambda said: (
                said.get("method") == "tracegloss/status" and said["params"]["traces"] >= traces
            )
        )

    def _send(self, message: Message) -> float:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        with self._writing:
            at = time.perf_counter()
            self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            self._process.stdin.flush()
        return at

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while line := stream.readline():
            size = int(line.partition(b":")[2])
            while stream.readline().strip():
                pass
            body = stream.read(size)
            self._hear(Heard(time.perf_counter(), size, json.loads(body)))
        with self._news:
            self._is_gone = True
            self._news.notify_all()

    def _hear(self, heard: Heard) -> None:
        message = heard.message
        if "id" in message and "method" in message:
            configured = message["method"] == "workspace/configuration"
            answer = [self._options for _ in message["params"]["items"]] if configured else None
            self._send({"id": message["id"], "result": answer})
        with self._news:
            self.heard.append(heard)
            self._news.notify_all()


def position(line: int, character: int) -> Message:
    return {"line": line, "character": character}


def at_position(uri: str, line: int, character: int) -> Message:
    return {"textDocument": {"uri": uri}, "position": position(line, character)}
