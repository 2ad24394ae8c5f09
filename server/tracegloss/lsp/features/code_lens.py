"""`textDocument/codeLens`: what ran, on lines of their own, when the editor is set to that."""

from __future__ import annotations

from lsprotocol import types

from tracegloss.ide.code_lens import code_lenses
from tracegloss.lsp import encoded
from tracegloss.lsp.encoded import Encoded
from tracegloss.lsp.server import TraceglossServer


def register(server: TraceglossServer) -> None:
    """Answer with lenses; a document that has some gets no further ones until it is opened anew."""

    @server.answers(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=False))
    async def answer(params: types.CodeLensParams) -> Encoded | list[types.CodeLens]:
        uri = params.text_document.uri
        at = server.locate(uri)
        if at is None or server.loaders[at.session.path].is_loading:
            # Lenses come all at once: later ones would move the text under the reader again.
            return []
        found = code_lenses(at.snapshot, at.key, server.lenses.get(uri))
        if found:
            server.lenses.setdefault(uri, frozenset(lens.name for lens in found))
        return encoded.code_lenses(at.lines, found, server.client)
