"""`workspace/didChangeConfiguration`: settings are read anew, wrong ones are told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from lsprotocol import types
from msgspec.structs import replace
from pygls.exceptions import JsonRpcException

from tracegloss.lsp.options import SECTION, Options, read_options
from tracegloss.lsp.server import TraceglossServer

SECONDS_FOR_SETTINGS = 5.0


def register(server: TraceglossServer) -> None:
    """Follow changes of the settings."""

    @server.answers(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def changed(params: types.DidChangeConfigurationParams) -> None:
        before = await read_configuration(server, params.settings)
        _apply(server, before)


async def read_configuration(server: TraceglossServer, pushed: object = None) -> Options:
    """Read the settings: asked of a client that can be asked, else those it pushed.

    Gives those that held until now.
    """
    workspace = server.client_capabilities.workspace
    sent = pushed.get(SECTION) if isinstance(pushed, Mapping) else None
    if workspace is not None and workspace.configuration:
        sent = await _asked(server)
    before = server.options
    server.options, wrong = read_options(sent, server.initial_options)
    server.tell_wrong_settings(wrong)
    return before


async def _asked(server: TraceglossServer) -> object:
    """Ask for the settings; a client that does not answer keeps nobody waiting for long."""
    items = [types.ConfigurationItem(section=SECTION)]
    try:
        async with asyncio.timeout(SECONDS_FOR_SETTINGS):
            asked = types.ConfigurationParams(items)
            # A late answer still has somewhere to go.
            answer = await asyncio.shield(server.workspace_configuration_async(asked))
    except (TimeoutError, JsonRpcException):
        return None
    return answer[0] if answer else None


def _apply(server: TraceglossServer, before: Options) -> None:
    """Do what changed settings ask for, and no more."""
    now = server.options
    again = replace(before, show=now.show, command_links=now.command_links)
    for session in server.sessions.values():
        session.mode = now.show
        session.changed()
        server.show(session)
        if again != now:
            server.loaders[session.path].reopen()
