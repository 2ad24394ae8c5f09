"""Makes a server with every feature, and runs one over standard input and output or TCP."""

from __future__ import annotations

import logging
import os

from tracegloss.lsp.features import FEATURES
from tracegloss.lsp.server import TraceglossServer


def create_server() -> TraceglossServer:
    """Make a server; two of them know nothing of each other."""
    server = TraceglossServer()
    for feature in FEATURES:
        feature.register(server)
    return server


def run_stdio() -> None:
    """Serve one client on standard input and output until it goes."""
    _quiet()
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever prints from now on must not end up between the messages.
    os.dup2(2, 1)
    create_server().start_io(stdout=answers)


def run_tcp(host: str, port: int) -> None:
    """Serve one client on a port until it goes."""
    _quiet()
    create_server().start_tcp(host, port)


def _quiet() -> None:
    """Keep messages, which hold recorded text, out of the log."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    logging.getLogger("pygls").setLevel(logging.WARNING)
    logging.getLogger("pygls.protocol.json_rpc").setLevel(logging.CRITICAL)
