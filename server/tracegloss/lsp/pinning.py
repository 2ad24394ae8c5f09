"""The pinned traces of one root: kept over restarts, released when their store has them no more."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Sequence

from tracegloss.lsp.host import Host
from tracegloss.lsp.reading import Reader
from tracegloss.workspace.pins import keep_pins, read_pins

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_CHECKS = 60.0


class Pinning:
    """Reads, keeps and checks what is pinned in one root."""

    def __init__(self, host: Host, reader: Reader) -> None:
        """Take the server and what reads traces; nothing is pinned yet."""
        self._host = host
        self._reader = reader
        self._session = reader.session
        self._checked = float("-inf")

    async def restore(self) -> None:
        """Pin what was pinned when the editor was left, unless something is pinned already."""
        kept = await asyncio.to_thread(read_pins, self._session.path)
        self._session.pin(() if self._session.pinned else kept)

    def keep(self) -> None:
        """Show what is pinned now, and keep it for the next start."""
        try:
            own = [each for each in self._session.pinned if each not in self._session.lent]
            keep_pins(self._session.path, own)
        except OSError as error:
            logger.warning("pins: %s", type(error).__name__)
        self._host.show(self._session)

    async def load_missing(self, this_round: int) -> tuple[str, ...]:
        """Load pinned traces that are not here; names those that the store has no more."""
        known = self._session.traces.keys()
        missing = [each for each in self._session.pinned if each not in known]
        return await self._load(missing, this_round) if missing else ()

    async def check(self, listed: Collection[str], this_round: int) -> tuple[str, ...]:
        """Ask now and then for pinned traces that are in no list; names those that are gone."""
        if time.monotonic() < self._checked + SECONDS_BETWEEN_CHECKS:
            return ()
        of_files = {
            trace_id
            for trace_id, laid in self._session.traces.items()
            if laid.source.kind in {"file", "stdin"}
        }
        held = {*listed, *of_files, *self._session.lent}
        unlisted = [each for each in self._session.pinned if each not in held]
        return await self._load(unlisted, this_round) if unlisted else ()

    async def _load(self, pinned: Sequence[str], this_round: int) -> tuple[str, ...]:
        """Load pinned traces again and release those that are gone."""
        self._checked = time.monotonic()
        taken = await self._reader.put_traces(pinned, this_round, every=True)
        gone = tuple(each.trace_id for each in taken.missing if each.is_gone)
        if gone:
            self._session.release(gone)
            self._session.drop_traces(gone)
            # Whoever asked says which are gone, in the same message as what is shown by now.
            self.keep()
        return gone
