"""`workspace/symbol`: spans of the loaded traces by name."""

from __future__ import annotations

from lsprotocol import types

from tracegloss.ide.workspace_symbols import workspace_symbols
from tracegloss.lsp import to_lsp
from tracegloss.lsp.server import TraceglossServer


def register(server: TraceglossServer) -> None:
    """Answer with spans."""

    @server.answers(types.WORKSPACE_SYMBOL)
    async def answer(params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        found = [
            to_lsp.symbol(session, each, server.client)
            for session in server.sessions.values()
            for each in workspace_symbols(session.snapshot(), params.query)
        ]
        return [each for each in found if each is not None]
