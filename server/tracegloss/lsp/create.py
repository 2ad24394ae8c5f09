"""Makes a server with every feature, and runs one over standard input and output or TCP."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import threading

from pygls.io_ import StdinAsyncReader, StdoutWriter, run_async

from tracegloss.lsp.features import FEATURES
from tracegloss.lsp.server import TraceglossServer

logger = logging.getLogger(__name__)


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
    server = create_server()
    server.protocol.set_writer(StdoutWriter(answers))
    reader = StdinAsyncReader(sys.stdin.buffer, server.thread_pool)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(server, reader))


def run_tcp(host: str, port: int) -> None:
    """Serve one client on a port until it goes."""
    _quiet()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve_one(create_server(), host, port))


async def _serve_one(server: TraceglossServer, host: str, port: int) -> None:
    """Take the first client and close the door: a second one would get the first one's answers."""
    first: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    first = asyncio.get_running_loop().create_future()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if first.done():
            writer.close()
        else:
            first.set_result((reader, writer))

    door = await asyncio.start_server(connected, host, port)
    address = door.sockets[0].getsockname()
    logger.warning("waiting for one client on %s port %d", address[0], address[1])
    reader, writer = await first
    door.close()
    server.protocol.set_writer(writer)
    await _serve(server, reader)


async def _serve(server: TraceglossServer, reader: StdinAsyncReader | asyncio.StreamReader) -> None:
    """Answer until the client goes, and end the process then; the worker goes first."""
    status: object = 0
    try:
        await run_async(
            threading.Event(), reader, server.protocol, logger, server.report_server_error
        )
    except SystemExit as left:
        status = left.code
    except BrokenPipeError:
        pass
    finally:
        server.end()
    # Threads that read a text or an answer would be waited for, and nobody wants what they find.
    logging.shutdown()
    os._exit(status if isinstance(status, int) else 0)


def _quiet() -> None:
    """Keep messages, which hold recorded text, out of the log."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    logging.getLogger("pygls").setLevel(logging.WARNING)
    logging.getLogger("pygls.protocol.json_rpc").setLevel(logging.CRITICAL)
