"""`textDocument/definition`: from a span in a trace file, or a stack trace, to the code."""

from __future__ import annotations

from urllib.parse import unquote

from lsprotocol import types

from tracegloss.ide.definition import definition
from tracegloss.lsp import from_lsp, to_lsp
from tracegloss.lsp.server import TraceglossServer
from tracegloss.text import LineIndex


def register(server: TraceglossServer) -> None:
    """Answer with the places that a text speaks of, whatever language it is in."""

    @server.answers(types.TEXT_DOCUMENT_DEFINITION)
    async def answer(params: types.DefinitionParams) -> list[types.Location]:
        uri = params.text_document.uri
        document = server.workspace.text_documents.get(unquote(uri))
        if document is None:
            return []
        source = document.source
        lines = LineIndex.of(source.encode("utf-8", "replace"))
        position = from_lsp.position(lines, params.position, server.client.encoding)
        is_json = uri.endswith((".json", ".jsonl"))
        found = [
            to_lsp.location(session, place, server.client)
            for session in server.sessions.values()
            for place in definition(session.snapshot(), lines, position, is_json=is_json)
        ]
        return [each for each in found if each is not None]
