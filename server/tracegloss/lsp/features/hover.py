"""`textDocument/hover`: what happened at a place."""

from __future__ import annotations

from lsprotocol import types

from tracegloss.ide.hover import hover
from tracegloss.lsp import from_lsp, to_lsp
from tracegloss.lsp.server import TraceglossServer


def register(server: TraceglossServer) -> None:
    """Answer hovers."""

    @server.answers(types.TEXT_DOCUMENT_HOVER)
    async def answer(params: types.HoverParams) -> types.Hover | None:
        at = server.locate(params.text_document.uri)
        if at is None:
            return None
        position = from_lsp.position(at.lines, params.position, server.client.encoding)
        found = hover(at.snapshot, at.key, position)
        return None if found is None else to_lsp.hover(at.lines, found, server.client)
