"""`textDocument/inlayHint`: what ran, at the ends of lines."""

from __future__ import annotations

from lsprotocol import types

from tracegloss.ide.inlay_hints import inlay_hints
from tracegloss.lsp import encoded, from_lsp
from tracegloss.lsp.encoded import Encoded
from tracegloss.lsp.server import TraceglossServer


def register(server: TraceglossServer) -> None:
    """Answer with hints."""

    @server.answers(types.TEXT_DOCUMENT_INLAY_HINT)
    async def answer(params: types.InlayHintParams) -> Encoded | list[types.InlayHint]:
        at = server.locate(params.text_document.uri)
        if at is None:
            return []
        within = from_lsp.text_range(at.lines, params.range, server.client.encoding)
        found = inlay_hints(at.snapshot, at.key, within)
        return encoded.inlay_hints(at.lines, found, server.client)
