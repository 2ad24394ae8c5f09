"""Keeps one root from its first index on: opens it, chooses its source, follows, survives it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import aclosing, suppress

from tracegloss.errors import TraceglossError
from tracegloss.lsp.following import Follower
from tracegloss.lsp.host import Host
from tracegloss.lsp.last_day import LastDayReader
from tracegloss.lsp.pinning import Pinning
from tracegloss.lsp.polling import has_store
from tracegloss.lsp.progress import StoppedError, Tell, tell_nobody
from tracegloss.lsp.reading import Reader
from tracegloss.lsp.telling import Teller
from tracegloss.workspace.selection import to_load
from tracegloss.workspace.session import RootSession
from tracegloss.workspace.worker.jobs import (
    NoSource,
    OpenRoot,
    RootOpened,
    SourceAnswer,
    SourceChosen,
)

logger = logging.getLogger(__name__)

FIRST_RETRY = 5.0
LONGEST_RETRY = 60.0
# An index that is there sooner needs no word in the status bar.
SHOWN_AFTER = 1.0


class Loader:
    """One root's loading, from the first index to the end of the server."""

    def __init__(self, host: Host, session: RootSession) -> None:
        """Take the server and the root's state; nothing runs yet."""
        self.session = session
        self.is_loading = True
        self.reader = Reader(host, session)
        self._host = host
        self._teller = Teller(session, host.say)
        self._pinning = Pinning(host, self.reader)
        self._follower = Follower(host, self.reader, self._pinning)
        self._last_day = LastDayReader(host, self.reader)
        self._wake = asyncio.Event()
        self._indexed = -1

    def reopen(self) -> None:
        """Begin again soon, with other traces: settings changed."""
        self.reader.round += 1
        own = [each for each in self.session.traces if each not in self.session.lent]
        self.session.drop_traces(own)
        self._host.shared(self.session)
        self.files_changed()

    def files_changed(self) -> None:
        """Read the tree again soon."""
        self.session.generation += 1
        self._wake.set()

    def look_now(self) -> None:
        """Look for new traces now: something happened that may have made some."""
        self._follower.look_now()
        self._wake.set()

    def follow(self, *, enabled: bool) -> None:
        """Look for new traces from now on, or no more, whatever the settings say."""
        self._follower.wanted = enabled
        self.look_now()
        self.tell()

    def pins_changed(self) -> None:
        """Show what is pinned now, and keep it for the next start."""
        self._pinning.keep()
        self.tell()

    def tell(self, gone: Sequence[str] = ()) -> None:
        """Say the status of what is loaded, and which pins were released."""
        answer = self.reader.answer
        self._teller.source(answer, following=self._follower.follows(answer), gone=gone)

    async def run(self) -> None:
        """Load and follow for ever; a source that is down is asked again, later and later."""
        await self._pinning.restore()
        retry = FIRST_RETRY
        while True:
            this_round = self.reader.round
            try:
                await self._open()
                await self._load_first(this_round)
                retry = FIRST_RETRY
                await self._follow(this_round)
            except StoppedError:
                await self._wait_after_stop()
            except TraceglossError as error:
                retry = await self._wait_to_retry(error, retry)
            except Exception as error:  # noqa: BLE001 (the one edge of what nobody asked for)
                logger.warning("loading: %s", type(error).__name__)
                fault = TraceglossError(f"Internal error ({type(error).__name__})")
                retry = await self._wait_to_retry(fault, retry)

    async def _wait_after_stop(self) -> None:
        self.is_loading = False
        self._host.show(self.session)
        self._teller.stopped()
        self._wake.clear()
        await self._wake.wait()
        self._wake.clear()

    async def _wait_to_retry(self, error: TraceglossError, seconds: float) -> float:
        """Say what is wrong and wait; gives how long to wait the next time."""
        self.is_loading = False
        self._host.show(self.session)
        self._teller.unreachable(error, seconds)
        await self._sleep(seconds)
        return min(seconds * 2, LONGEST_RETRY)

    async def _open(self) -> None:
        """Index the root, showing how far that has come when it takes longer than a moment."""
        generation = self.session.generation
        if self._indexed < 0:
            title = f"Indexing {self.session.name}"
            opened = await self._host.with_progress(title, self._indexing)
        else:
            opened = await self._indexing(tell_nobody)
        self._indexed = generation
        self.session.put_index(opened.index, opened.settings)
        self._host.show(self.session)

    async def _indexing(self, tell: Tell) -> RootOpened:
        shown_from = time.monotonic() + SHOWN_AFTER
        opening = OpenRoot(self.reader.request)
        async with aclosing(self._host.worker.stream(opening)) as parts:
            async for part in parts:
                if isinstance(part, RootOpened):
                    return part
                tell(part.n_done, part.n_files)
                if time.monotonic() >= shown_from:
                    self._teller.indexing(part)
        raise TraceglossError("The index was not made")

    async def _load_first(self, this_round: int) -> None:
        self.reader.answer = None
        answer = await self.reader.source()
        self._teller.reached()
        # What came while this was answered is found by the first look.
        self._follower.look_now()
        gone: tuple[str, ...] = ()
        if isinstance(answer, SourceChosen):
            gone = await self._load_chosen(answer, this_round)
        self.is_loading = False
        self._host.show(self.session)
        self.tell(gone)

    async def _load_chosen(self, answer: SourceChosen, this_round: int) -> tuple[str, ...]:
        """Load the pinned traces and those to begin with; names pins that are gone.

        The oldest come first: later ones are held against what they tell.
        """
        known = frozenset(self.session.traces)
        changed = self._follower.changed(answer.infos)
        chosen = to_load(answer.infos, time.time_ns(), self.session.settings)[::-1]
        wanted = [each for each in chosen if each not in known or each in changed]
        gone = await self._pinning.load_missing(this_round)
        come = self.session.traces.keys() - known
        wanted = [each for each in wanted if each not in come]
        if wanted:
            await self._host.with_progress(
                f"Loading {len(wanted)} trace{'' if len(wanted) == 1 else 's'}",
                lambda tell: self.reader.put_traces(wanted, this_round, tell=tell),
            )
        self._follower.saw(answer.infos)
        return gone

    async def _follow(self, this_round: int) -> None:
        while self.reader.round == this_round:
            await self._sleep(self._seconds(self.reader.answer))
            if self._indexed != self.session.generation and self.reader.round == this_round:
                await self._open()
                self.tell()
            await self._look(this_round)

    async def _look(self, this_round: int) -> None:
        answer = self.reader.answer
        if isinstance(answer, NoSource) and has_store(self.session.path):
            # What the worker opened before remembers that there was none.
            self.session.generation += 1
            await self._open()
            await self._load_first(this_round)
        elif isinstance(answer, SourceChosen) and self._follower.is_due(answer):
            seeing = await self._follower.look(answer, this_round)
            if seeing.has_news or seeing.gone:
                self.tell(seeing.gone)
        if isinstance(answer, SourceChosen):
            await self._last_day.look(answer, this_round)

    def _seconds(self, answer: SourceAnswer | None) -> float | None:
        """Say how long nothing is to be asked."""
        waits = self._follower.seconds(answer), self._last_day.seconds(answer)
        return min((each for each in waits if each is not None), default=None)

    async def _sleep(self, seconds: float | None) -> None:
        """Wait for a time, or until something happens; without a time for the latter alone."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        self._wake.clear()
