"""`tracegloss/visibility`: no server elsewhere is asked for new traces while nobody looks."""

from __future__ import annotations

from tracegloss.lsp.protocol import VISIBILITY, VisibilityParams
from tracegloss.lsp.server import TraceglossServer


def register(server: TraceglossServer) -> None:
    """Let clients say when their window is hidden; one that never does is always looked at."""

    @server.answers(VISIBILITY)
    async def seen(params: VisibilityParams) -> None:
        server.set_visible(visible=params.is_visible)
