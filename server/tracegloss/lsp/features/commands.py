"""`workspace/executeCommand`: pinning and releasing, for editors without an extension of ours."""

from __future__ import annotations

from tracegloss.lsp.protocol import COMMAND_PIN, COMMAND_RELEASE
from tracegloss.lsp.server import TraceglossServer


def register(server: TraceglossServer) -> None:
    """Run the commands that code actions name; both take a trace id and a span id."""

    @server.command(COMMAND_PIN)
    async def pin(trace_id: str, _span_id: str = "") -> None:
        server.pin(server.home_of(trace_id), (trace_id,))

    @server.command(COMMAND_RELEASE)
    async def release(trace_id: str, _span_id: str = "") -> None:
        server.release(server.home_of(trace_id), ())
