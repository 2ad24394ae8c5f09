"""A language server on pygls that knows nothing: one text for every hover, 2,000 lenses."""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer

LENSES = 2_000

server = LanguageServer("empty", "1")
HOVER = types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "Nothing is known. " * 50))
CODE_LENSES = [
    types.CodeLens(
        types.Range(types.Position(3 * line, 4), types.Position(3 * line, 12)),
        types.Command("1 call · 0.1 ms", "", arguments=["tr-0123456789abcdef", "0123456789abcdef"]),
    )
    for line in range(LENSES)
]


@server.feature(types.TEXT_DOCUMENT_HOVER)
async def hover(_: types.HoverParams) -> types.Hover:
    return HOVER


@server.feature(types.TEXT_DOCUMENT_CODE_LENS)
async def code_lens(_: types.CodeLensParams) -> list[types.CodeLens]:
    return CODE_LENSES


if __name__ == "__main__":
    server.start_io()
