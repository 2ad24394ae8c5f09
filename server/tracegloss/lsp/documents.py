"""Keeps open documents in step with the editor and reads their functions beside the loop."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Protocol

from tracegloss.overlay.document import TextKey
from tracegloss.syntax.source import read_source
from tracegloss.text import LineIndex
from tracegloss.workspace.open_text import FunctionReader
from tracegloss.workspace.root import read_within
from tracegloss.workspace.session import RootSession

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 0.5


class Show(Protocol):
    """Shows a session's new state in the editor."""

    def __call__(self, session: RootSession, *, again: bool = True) -> None:
        """Show it soon; `again` lets the editor ask for hints and lenses anew."""


class Documents:
    """The reading of functions that is under way, one for each text."""

    def __init__(self, show: Show) -> None:
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

    def forget(self, session: RootSession, key: TextKey) -> None:
        """Forget a document; what was read of it last is the disk's again."""
        self._readers.pop((id(session), key), None)
        task = self._reading.pop((id(session), key), None)
        if task is not None:
            task.cancel()
        session.close_text(key)
        self._show(session)

    async def closed(self, session: RootSession, key: TextKey) -> None:
        """Let the text on the disk stand for a document that was closed."""
        self.forget(session, key)
        if session.snapshot().notes(key) is not None:
            await self._take_from_disk(session, key)

    async def file_changed(self, session: RootSession, path: Path) -> None:
        """Take over a Python file from the disk, unless it is open in the editor."""
        key = session.key(path)
        if key is None or path.suffix != ".py" or session.is_open(key):
            return
        if session.snapshot().notes(key) is not None or key in session.texts:
            await self._take_from_disk(session, key)

    async def _take_from_disk(self, session: RootSession, key: TextKey) -> None:
        raw = await asyncio.to_thread(read_within, session.path, key.path)
        if raw is None:
            self.forget(session, key)
            return
        if session.is_open(key):
            return
        lines = LineIndex.of(read_source(raw).text)
        if key in session.texts:
            self.changed(session, key, lines, None)
        else:
            self.opened(session, key, (session.path / key.path).as_uri(), lines, None)

    def _read(self, session: RootSession, key: TextKey, text: LineIndex) -> None:
        # An editor asks for the hints of what was typed by itself.
        self._show(session, again=False)
        before = self._reading.get((id(session), key))
        if before is not None:
            before.cancel()
        task = asyncio.ensure_future(self._take_functions(session, key, text))
        self._reading[id(session), key] = task

    async def _take_functions(self, session: RootSession, key: TextKey, text: LineIndex) -> None:
        reader = self._readers.setdefault((id(session), key), FunctionReader(key.path))
        # What takes long to read would slow down whoever types on: it is read when they pause.
        await asyncio.sleep(min(reader.seconds, LONGEST_PAUSE))
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
