"""A small HTTP server on loopback that answers as a test says, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HTML = "text/html; charset=utf-8"
JSON = "application/json"


@dataclass(frozen=True)
class Reply:
    """One answer; a reply that `waits` comes when the host is closed."""

    status: int = 200
    body: bytes = b"{}"
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False


@dataclass
class Asked:
    """One question as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Host:
    """Replies by the longest prefix of the path; everything else is an HTML 404."""

    replies: dict[str, Reply]
    asked: list[Asked] = field(default_factory=list)
    address: str = ""
    closing: threading.Event = field(default_factory=threading.Event)

    def reply_to(self, path: str) -> Reply:
        fitting = [prefix for prefix in self.replies if path.startswith(prefix)]
        return self.replies[max(fitting, key=len)] if fitting else Reply(404, b"<html>", HTML)


@contextmanager
def serving(replies: dict[str, Reply]) -> Iterator[Host]:
    host = Host(replies)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            host.asked.append(Asked(self.command, self.path, dict(self.headers), body))
            reply = host.reply_to(self.path)
            if reply.waits:
                host.closing.wait()
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        do_POST = do_GET  # noqa: N815 (the name http.server looks for)

        def log_message(self, *_: object) -> None: ...

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                return

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host.address = f"http://127.0.0.1:{listener.server_port}"
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        host.closing.set()
        listener.shutdown()
        listener.server_close()
