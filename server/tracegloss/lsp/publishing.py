"""Sends what changed: diagnostics of every text, and the wish that hints and lenses be asked."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from tracegloss.ide.diagnostics import diagnostics
from tracegloss.lsp import to_lsp
from tracegloss.lsp.to_lsp import Client
from tracegloss.overlay.document import TextKey
from tracegloss.workspace.session import RootSession

logger = logging.getLogger(__name__)

# Changes that come together are shown together.
SECONDS_TO_GATHER = 0.05


class Publisher:
    """Remembers what every text of every root was sent, so that only what differs is sent."""

    def __init__(self, server: LanguageServer) -> None:
        """Take the server that sends."""
        self._server = server
        # `None` stands for what the client has of a text when that is not known.
        self._sent: dict[Path, dict[str, list[types.Diagnostic] | None]] = {}
        self._due: dict[Path, asyncio.TimerHandle] = {}
        self._asks_again = False

    def soon(self, session: RootSession, client: Client, *, again: bool) -> None:
        """Publish a root's new state shortly, together with what else changes until then.

        With `again` the client is told to ask for hints and lenses anew as well.
        """
        self._asks_again |= again
        if session.path not in self._due:
            loop = asyncio.get_running_loop()
            self._due[session.path] = loop.call_later(
                SECONDS_TO_GATHER, self._publish, session, client
            )

    def withdraw(self, session: RootSession) -> None:
        """Take everything back that was sent for a root."""
        due = self._due.pop(session.path, None)
        if due is not None:
            due.cancel()
        for uri in list(self._sent.get(session.path, ())):
            self._send(session, uri, [], None)

    def forget(self, session: RootSession, uri: str) -> None:
        """Send a text anew the next time: a client may drop what it had when one is opened."""
        sent = self._sent.get(session.path, {})
        if uri in sent:
            sent[uri] = None

    def _publish(self, session: RootSession, client: Client) -> None:
        self._due.pop(session.path, None)
        try:
            self._send_all(session, client)
        except Exception as error:  # noqa: BLE001 (the one edge of what nobody asked for)
            logger.warning("diagnostics: %s", type(error).__name__)
        if self._asks_again:
            self._asks_again = False
            self._ask_again()

    def _send_all(self, session: RootSession, client: Client) -> None:
        snapshot = session.snapshot()
        rest = set(self._sent.get(session.path, ()))
        for key in {*snapshot.overlay.files, *session.texts}:
            uri = session.uri(key)
            if uri is not None:
                rest.discard(uri)
                lines = snapshot.text(key)
                found = diagnostics(snapshot, key)
                rendered = [to_lsp.diagnostic(session, lines, each, client) for each in found]
                self._send(session, uri, rendered, _version(session, key))
        for uri in rest:
            self._send(session, uri, [], None)

    def _send(
        self, session: RootSession, uri: str, found: list[types.Diagnostic], version: int | None
    ) -> None:
        sent = self._sent.setdefault(session.path, {})
        if sent.get(uri, []) == found:
            return
        sent.pop(uri, None)
        if found:
            sent[uri] = found
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
