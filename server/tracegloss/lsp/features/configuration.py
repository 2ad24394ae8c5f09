"""`workspace/didChangeConfiguration`: settings are read anew, wrong ones are told."""

from __future__ import annotations

from lsprotocol import types

from tracegloss.lsp.server import TraceglossServer


def register(server: TraceglossServer) -> None:
    """Follow changes of the settings."""

    @server.answers(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def changed(params: types.DidChangeConfigurationParams) -> None:
        before = await server.read_configuration(params.settings)
        server.apply_options(before)
