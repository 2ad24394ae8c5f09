"""Keeps the figures of the last 24 hours of one root fresh, while somebody looks."""

from __future__ import annotations

import logging
import time

from tracegloss.errors import TraceglossError
from tracegloss.lsp.host import Host
from tracegloss.lsp.reading import Reader
from tracegloss.workspace.worker.jobs import ReadLastDay, SourceAnswer, SourceChosen

logger = logging.getLogger(__name__)

SECONDS_BETWEEN = 60.0
LONGEST_PAUSE = 3600.0
# The worker does one thing at a time: adding up takes at most this part of it.
LARGEST_SHARE = 0.03


class LastDayReader:
    """Asks the source to add up at most once a minute; one that cannot is not asked again."""

    def __init__(self, host: Host, reader: Reader) -> None:
        """Take the server and what asks the worker; nothing was asked yet."""
        self._host = host
        self._reader = reader
        self._due = 0.0
        self._pause = SECONDS_BETWEEN
        self._asked: SourceChosen | None = None
        self._can = True

    def seconds(self, answer: SourceAnswer | None) -> float | None:
        """Say how long to wait until the next question; `None` for until something happens."""
        if not isinstance(answer, SourceChosen) or not self._host.is_visible:
            return None
        if answer is not self._asked:
            return 0.0
        return max(0.0, self._due - time.monotonic()) if self._can else None

    async def look(self, answer: SourceChosen, this_round: int) -> None:
        """Ask when it is time; a source that fails keeps what it said, and is asked later again."""
        if self.seconds(answer) != 0.0:
            return
        if answer is not self._asked:
            self._reader.session.put_last_day({})
            self._pause = SECONDS_BETWEEN
        self._asked, self._can = answer, True
        began = time.monotonic()
        try:
            job = ReadLastDay(self._reader.request, answer.experiment_id)
            found = await self._host.worker.ask(job)
        except TraceglossError as error:
            logger.info("figures of the last day: %s", type(error).__name__)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        else:
            self._pause = SECONDS_BETWEEN
            self._can = found is not None
            if self._reader.round == this_round and found != self._reader.session.last_day:
                self._reader.session.put_last_day(found or {})
                self._host.show(self._reader.session)
        took = time.monotonic() - began
        self._due = time.monotonic() + max(self._pause, took / LARGEST_SHARE)
