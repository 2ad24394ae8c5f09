"""Keeps one root's traces: opens it, chooses its source, loads, follows, survives the source."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Protocol, TypeVar

from tracegloss.errors import TraceError, TraceglossError, TraceNotFoundError
from tracegloss.lsp.options import Options
from tracegloss.lsp.polling import NEAR_POLL, SHORTEST_POLL, Pace, has_store, is_near, stamp_of
from tracegloss.lsp.progress import StoppedError, Tell, tell_nobody
from tracegloss.lsp.status import Status
from tracegloss.lsp.taking import Taken, take_traces
from tracegloss.lsp.telling import Teller
from tracegloss.model.trace import Span, TraceInfo
from tracegloss.traces.query import TraceQuery
from tracegloss.workspace.pins import keep_pins, read_pins
from tracegloss.workspace.selection import (
    LISTED,
    MOST_BYTES,
    MOST_LOADED,
    Seen,
    news,
    seen_as,
    to_load,
)
from tracegloss.workspace.session import RootSession
from tracegloss.workspace.worker.client import Worker
from tracegloss.workspace.worker.jobs import (
    ChooseSource,
    LayFile,
    LayTraces,
    NoSource,
    OpenRoot,
    ReadSpan,
    RootOpened,
    RootRequest,
    SearchTraces,
    SourceAnswer,
    SourceChosen,
)

logger = logging.getLogger(__name__)

T = TypeVar("T")

FIRST_RETRY = 5.0
LONGEST_RETRY = 60.0
SECONDS_BETWEEN_PIN_CHECKS = 60.0
# An index that is there sooner needs no word in the status bar.
SHOWN_AFTER = 1.0


class Host(Protocol):
    """The server as a loader sees it."""

    options: Options
    worker: Worker

    def show(self, session: RootSession) -> None:
        """Show a session's new state in the editor, soon."""

    def say(self, status: Status) -> None:
        """Tell the client the status of a root."""

    async def with_progress(self, title: str, work: Callable[[Tell], Awaitable[T]]) -> T:
        """Show progress while the work is done; raises `StoppedError` when it is stopped."""
        ...


class Loader:
    """One root's loading, from the first index to the end of the server."""

    def __init__(self, host: Host, session: RootSession) -> None:
        """Take the server and the root's state; nothing runs yet."""
        self.session = session
        self.following: bool | None = None
        self.is_loading = True
        self._host = host
        self._teller = Teller(session, host.say)
        self._answer: SourceAnswer | None = None
        self._seen: dict[str, Seen] = {}
        self._wake = asyncio.Event()
        self._round = 0
        self._indexed = -1
        self._stamp: object = None
        self._pace = Pace()
        self._pins_checked = float("-inf")

    @property
    def request(self) -> RootRequest:
        """How the worker opens this root."""
        options = self._host.options
        return RootRequest(
            self.session.path,
            options.tracking_uri,
            options.experiment,
            options.timeout_seconds,
            options.cache,
            self.session.generation,
        )

    def reopen(self) -> None:
        """Begin again soon, with other traces: settings changed."""
        self._round += 1
        self.session.drop_traces(tuple(self.session.traces))
        self.session.generation += 1
        self._wake.set()

    def files_changed(self) -> None:
        """Read the tree again soon."""
        self.session.generation += 1
        self._wake.set()

    def look_now(self) -> None:
        """Look for new traces now: something happened that may have made some."""
        self._pace.quicken()
        self._stamp = None
        self._wake.set()

    async def run(self) -> None:
        """Load and follow for ever; a source that is down is asked again, later and later."""
        kept = await asyncio.to_thread(read_pins, self.session.path)
        self.session.pin(() if self.session.pinned else kept)
        retry = FIRST_RETRY
        while True:
            this_round = self._round
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

    async def load(self, trace_ids: Sequence[str], tell: Tell = tell_nobody) -> tuple[str, ...]:
        """Load traces whatever code they are of; gives those that were there.

        Raises `TraceError` when it is one and cannot be had.
        """
        job = LayTraces(self.request, tuple(trace_ids))
        taken = await self._put(job, self._round, every=True, tell=tell)
        if len(trace_ids) == 1 and taken.missing:
            kind = TraceNotFoundError if taken.missing[0].is_gone else TraceError
            raise kind(taken.missing[0].reason)
        return taken.trace_ids

    async def load_file(self, file: Path) -> tuple[str, ...]:
        """Load the traces of a file."""
        taken = await self._put(LayFile(self.request, file), self._round, every=True)
        self.session.files.update(dict.fromkeys(taken.trace_ids, file))
        return taken.trace_ids

    async def read_span(self, trace_id: str, span_id: str) -> Span | None:
        """Read one span of a skeleton in full; raises `TraceError`."""
        file = self.session.files.get(trace_id)
        return await self._host.worker.ask(ReadSpan(self.request, trace_id, span_id, file))

    async def search(self, query: TraceQuery) -> tuple[TraceInfo, ...]:
        """Ask the chosen experiment; raises `TraceglossError`."""
        return await self._host.worker.ask(SearchTraces(self.request, query))

    async def source(self) -> SourceAnswer:
        """Give the chosen source, choosing it first where nothing was chosen yet."""
        if self._answer is None:
            self._answer = await self._host.worker.ask(ChooseSource(self.request, LISTED))
        return self._answer

    def pins_changed(self) -> None:
        """Show what is pinned now, and keep it for the next start."""
        self._keep_pins()
        self.tell()

    def tell(self, gone: Sequence[str] = ()) -> None:
        """Say the status of what is loaded, and which pins were released."""
        following = isinstance(self._answer, SourceChosen) and self._follows(self._answer)
        self._teller.source(self._answer, following=following, gone=gone)

    def _keep_pins(self) -> None:
        try:
            keep_pins(self.session.path, self.session.pinned)
        except OSError as error:
            logger.warning("pins: %s", type(error).__name__)
        self._host.show(self.session)

    async def _wait_after_stop(self) -> None:
        self._teller.stopped()
        self._wake.clear()
        await self._wake.wait()
        self._wake.clear()

    async def _wait_to_retry(self, error: TraceglossError, seconds: float) -> float:
        """Say what is wrong and wait; gives how long to wait the next time."""
        self.is_loading = False
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
        async with aclosing(self._host.worker.stream(OpenRoot(self.request))) as parts:
            async for part in parts:
                if isinstance(part, RootOpened):
                    return part
                tell(part.n_done, part.n_files)
                if time.monotonic() >= shown_from:
                    self._teller.indexing(part)
        raise TraceglossError("The index was not made")

    async def _load_first(self, this_round: int) -> None:
        self._answer = None
        answer = await self.source()
        self._teller.reached()
        self._pace.quicken()
        # What came while this was answered is found by the first look.
        self._stamp = None
        gone: tuple[str, ...] = ()
        if isinstance(answer, SourceChosen):
            gone = await self._load_chosen(answer, this_round)
        self.is_loading = False
        self._host.show(self.session)
        self.tell(gone)

    async def _load_chosen(self, answer: SourceChosen, this_round: int) -> tuple[str, ...]:
        """Load the pinned traces and those to begin with; names pins that are gone."""
        known = self.session.traces.keys()
        pinned = [each for each in self.session.pinned if each not in known]
        changed = {info.trace_id for info in news(answer.infos, self._seen)}
        chosen = to_load(answer.infos, time.time_ns(), self.session.settings)
        wanted = [each for each in chosen if each not in known or each in changed]
        gone = await self._load_pinned(pinned, this_round) if pinned else ()
        if wanted:
            await self._host.with_progress(
                f"Loading {len(wanted)} trace{'' if len(wanted) == 1 else 's'}",
                lambda tell: self._load_listed(wanted, this_round, tell),
            )
        self._seen = {info.trace_id: seen_as(info) for info in answer.infos}
        return gone

    async def _load_listed(self, wanted: Sequence[str], this_round: int, tell: Tell) -> None:
        job = LayTraces(self.request, tuple(wanted))
        await self._put(job, this_round, every=False, tell=tell)

    async def _load_pinned(self, pinned: Sequence[str], this_round: int) -> tuple[str, ...]:
        """Load pinned traces again; releases those that the store has no more, and names them."""
        self._pins_checked = time.monotonic()
        job = LayTraces(self.request, tuple(pinned))
        taken = await self._put(job, this_round, every=True)
        gone = tuple(each.trace_id for each in taken.missing if each.is_gone)
        if gone:
            self.session.release(gone)
            self.session.drop_traces(gone)
            # Whoever asked says which are gone, in the same message as what is shown by now.
            self._keep_pins()
        return gone

    async def _follow(self, this_round: int) -> None:
        while self._round == this_round:
            await self._sleep(self._until_next())
            if self._indexed != self.session.generation and self._round == this_round:
                await self._open()
                self.tell()
            answer = self._answer
            if isinstance(answer, NoSource) and has_store(self.session.path):
                # What the worker opened before remembers that there was none.
                self.session.generation += 1
                await self._open()
                await self._load_first(this_round)
            elif isinstance(answer, SourceChosen) and self._follows(answer):
                await self._look(answer, this_round)

    def _until_next(self) -> float:
        if not isinstance(self._answer, SourceChosen):
            return SHORTEST_POLL
        return NEAR_POLL if is_near(self._answer) else self._pace.seconds

    async def _look(self, answer: SourceChosen, this_round: int) -> None:
        stamp = stamp_of(answer.watched)
        if stamp is not None and stamp == self._stamp:
            return
        infos = await self.search(TraceQuery((answer.experiment_id,), limit=MOST_LOADED))
        gone = await self._check_pins({info.trace_id for info in infos}, this_round)
        self._stamp = stamp
        new = news(infos, self._seen)
        if new:
            self._pace.quicken()
            await self._load_listed([info.trace_id for info in new], this_round, tell_nobody)
            self._seen.update((info.trace_id, seen_as(info)) for info in new)
        else:
            self._pace.slacken()
        if new or gone:
            self.tell(gone)

    async def _check_pins(self, listed: Collection[str], this_round: int) -> tuple[str, ...]:
        """Ask now and then for pinned traces that are in no list; names those that are gone."""
        if time.monotonic() < self._pins_checked + SECONDS_BETWEEN_PIN_CHECKS:
            return ()
        of_files = {
            trace_id
            for trace_id, laid in self.session.traces.items()
            if laid.source.kind in {"file", "stdin"}
        }
        unlisted = [each for each in self.session.pinned if each not in {*listed, *of_files}]
        return await self._load_pinned(unlisted, this_round) if unlisted else ()

    async def _put(
        self, job: LayTraces | LayFile, this_round: int, *, every: bool, tell: Tell = tell_nobody
    ) -> Taken:
        """Take traces over as they come; those of other code only when `every` is wanted.

        What comes after settings changed is of another source, and left out.
        """
        taken = await take_traces(
            self._host.worker.stream(job),
            self.session,
            every=every,
            goes_on=lambda: self._round == this_round,
            show=lambda: self._host.show(self.session),
            tell=lambda done: tell(done, len(job.trace_ids) if isinstance(job, LayTraces) else 0),
        )
        self.session.drop_beyond(MOST_LOADED, MOST_BYTES)
        return taken

    def _follows(self, answer: SourceChosen) -> bool:
        if self.following is not None:
            return self.following
        if self._host.options.follow != "auto":
            return self._host.options.follow == "on"
        return is_near(answer)

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        self._wake.clear()
