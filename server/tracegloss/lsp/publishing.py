"""Sends what changed: diagnostics of every text, and the wish that hints and lenses be asked."""

from __future__ import annotations

import asyncio

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from tracegloss.ide.diagnostics import diagnostics
from tracegloss.lsp import to_lsp
from tracegloss.lsp.to_lsp import Client
from tracegloss.overlay.document import TextKey
from tracegloss.workspace.session import RootSession

# Changes that come together are shown together.
SECONDS_TO_GATHER = 0.05


class Publisher:
    """Remembers what every text was sent, so that only what differs is sent."""

    def __init__(self, server: LanguageServer) -> None:
        """Take the server that sends."""
        self._server = server
        self._sent: dict[str, list[types.Diagnostic]] = {}
        self._due: dict[int, asyncio.TimerHandle] = {}

    def soon(self, session: RootSession, client: Client) -> None:
        """Publish a root's new state shortly, together with what else changes until then."""
        if id(session) not in self._due:
            loop = asyncio.get_running_loop()
            self._due[id(session)] = loop.call_later(
                SECONDS_TO_GATHER, self._publish, session, client
            )

    def withdraw(self, session: RootSession) -> None:
        """Take everything back that was sent for a root."""
        for uri in [uri for uri in self._sent if uri.startswith(session.path.as_uri())]:
            self._send(uri, [], None)

    def forget(self, uri: str) -> None:
        """Send a text anew the next time: a client drops what it had when it closes one."""
        self._sent.pop(uri, None)

    def _publish(self, session: RootSession, client: Client) -> None:
        self._due.pop(id(session), None)
        snapshot = session.snapshot()
        found = {key: diagnostics(snapshot, key) for key in snapshot.overlay.files}
        gone = {key for key in session.texts if key not in found}
        published: set[str] = set()
        for key in [*found, *gone]:
            uri = session.uri(key)
            if uri is None:
                continue
            published.add(uri)
            lines = snapshot.text(key)
            rendered = [to_lsp.diagnostic(session, lines, d, client) for d in found.get(key, ())]
            self._send(uri, rendered, _version(session, key))
        for uri in [uri for uri in self._sent if uri not in published]:
            if uri.startswith(session.path.as_uri()):
                self._send(uri, [], None)
        self._ask_again()

    def _send(self, uri: str, found: list[types.Diagnostic], version: int | None) -> None:
        if self._sent.get(uri, []) == found:
            return
        if found:
            self._sent[uri] = found
        else:
            self._sent.pop(uri, None)
        self._server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, found, version)
        )

    def _ask_again(self) -> None:
        workspace = self._server.client_capabilities.workspace
        if workspace is None:
            return
        if workspace.inlay_hint is not None and workspace.inlay_hint.refresh_support:
            self._server.workspace_inlay_hint_refresh(None)
        if workspace.code_lens is not None and workspace.code_lens.refresh_support:
            self._server.workspace_code_lens_refresh(None)


def _version(session: RootSession, key: TextKey) -> int | None:
    text = session.texts.get(key)
    return None if text is None else text.document.version
