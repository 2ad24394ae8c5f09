"""Keeps open documents in step with the editor and reads their functions beside the loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from tracegloss.overlay.document import TextKey
from tracegloss.text import LineIndex
from tracegloss.workspace.open_text import FunctionReader
from tracegloss.workspace.session import RootSession

logger = logging.getLogger(__name__)


class Documents:
    """The reading of functions that is under way, one for each text."""

    def __init__(self, show: Callable[[RootSession], None]) -> None:
        """Take what shows a session's new state."""
        self._show = show
        self._reading: dict[tuple[int, TextKey], asyncio.Task[None]] = {}
        self._readers: dict[tuple[int, TextKey], FunctionReader] = {}

    def opened(
        self, session: RootSession, key: TextKey, uri: str, text: LineIndex, version: int | None
    ) -> None:
        """Take over an opened document."""
        session.open_text(key, uri, text, version)
        self._read(session, key, text)

    def changed(
        self, session: RootSession, key: TextKey, text: LineIndex, version: int | None
    ) -> None:
        """Take over an edit."""
        session.change_text(key, text, version)
        self._read(session, key, text)

    def closed(self, session: RootSession, key: TextKey) -> None:
        """Forget a document."""
        self._readers.pop((id(session), key), None)
        task = self._reading.pop((id(session), key), None)
        if task is not None:
            task.cancel()
        session.close_text(key)
        self._show(session)

    def _read(self, session: RootSession, key: TextKey, text: LineIndex) -> None:
        self._show(session)
        before = self._reading.get((id(session), key))
        if before is not None:
            before.cancel()
        task = asyncio.ensure_future(self._take_functions(session, key, text))
        self._reading[id(session), key] = task

    async def _take_functions(self, session: RootSession, key: TextKey, text: LineIndex) -> None:
        reader = self._readers.setdefault((id(session), key), FunctionReader(key.path))
        is_cancelled = False

        def cancelled() -> bool:
            return is_cancelled

        try:
            found = await asyncio.to_thread(reader.read, text, cancelled)
        except asyncio.CancelledError:
            is_cancelled = True
            raise
        except Exception as error:  # noqa: BLE001 (the one edge of what nobody asked for)
            logger.warning("functions: %s", type(error).__name__)
            return
        if found is not None and session.put_functions(key, text, found):
            self._show(session)
